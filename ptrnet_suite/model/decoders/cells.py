"""One step of torch's recurrent layers, with the input's share made beforehand.

A recurrent layer called for a single step spends most of its time on setting itself up.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def input_share(recurrent: nn.LSTM | nn.GRU, inputs: Tensor, layer: int = 0) -> Tensor:
    """What inputs `(..., features)` add to the gates of a layer."""
    weight, bias = (getattr(recurrent, f"{name}_ih_l{layer}") for name in ("weight", "bias"))
    return nn.functional.linear(inputs, weight, bias)


def lstm_step(
    recurrent: nn.LSTM, share: Tensor, hidden: Tensor, cell: Tensor, layer: int
) -> tuple[Tensor, Tensor]:
    """New hidden and cell states `(rows, width)` of an LSTM's layer (Hochreiter & Schmidhuber)."""
    own = nn.functional.linear(
        hidden, getattr(recurrent, f"weight_hh_l{layer}"), getattr(recurrent, f"bias_hh_l{layer}")
    )
    entry, forget, new, out = (share + own).float().chunk(4, 1)
    cell = torch.sigmoid(forget) * cell + torch.sigmoid(entry) * torch.tanh(new)
    return torch.sigmoid(out) * torch.tanh(cell), cell


def gru_step(recurrent: nn.GRU, share: Tensor, hidden: Tensor, layer: int) -> Tensor:
    """New hidden states `(rows, width)` of a GRU's layer, as torch defines it."""
    own = nn.functional.linear(
        hidden, getattr(recurrent, f"weight_hh_l{layer}"), getattr(recurrent, f"bias_hh_l{layer}")
    )
    width = hidden.shape[1]
    gates = torch.sigmoid((share[:, : 2 * width] + own[:, : 2 * width]).float())
    reset, update = gates.chunk(2, 1)
    new = torch.tanh((share[:, 2 * width :] + reset * own[:, 2 * width :]).float())
    return new + update * (hidden - new)
