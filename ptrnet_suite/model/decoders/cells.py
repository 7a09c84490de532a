"""One step of torch's recurrent layers, with the input's share made beforehand.

A recurrent layer called for a single step spends most of its time on setting itself up.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


def input_share(
    recurrent: nn.LSTM | nn.GRU, inputs: Float[Tensor, "*rows width"], layer: int = 0
) -> Float[Tensor, "*rows gates"]:
    """The inputs' share of the gates of a layer."""
    weight, bias = (getattr(recurrent, f"{name}_ih_l{layer}") for name in ("weight", "bias"))
    return nn.functional.linear(inputs, weight, bias)


def lstm_step(
    recurrent: nn.LSTM,
    share: Float[Tensor, "rows gates"],
    hidden: Float[Tensor, "rows width"],
    cell: Float[Tensor, "rows width"],
    layer: int,
) -> tuple[Float[Tensor, "rows width"], Float[Tensor, "rows width"]]:
    """New hidden and cell states of an LSTM's layer (Hochreiter & Schmidhuber 1997)."""
    recurrent_share = nn.functional.linear(
        hidden, getattr(recurrent, f"weight_hh_l{layer}"), getattr(recurrent, f"bias_hh_l{layer}")
    )
    entry, forget, new, out = (share + recurrent_share).float().chunk(4, 1)
    cell = torch.sigmoid(forget) * cell + torch.sigmoid(entry) * torch.tanh(new)
    return torch.sigmoid(out) * torch.tanh(cell), cell


def gru_step(
    recurrent: nn.GRU,
    share: Float[Tensor, "rows gates"],
    hidden: Float[Tensor, "rows width"],
    layer: int,
) -> Float[Tensor, "rows width"]:
    """New hidden states of a GRU's layer, as torch defines it."""
    recurrent_share = nn.functional.linear(
        hidden, getattr(recurrent, f"weight_hh_l{layer}"), getattr(recurrent, f"bias_hh_l{layer}")
    )
    width = hidden.shape[1]
    gates = torch.sigmoid((share[:, : 2 * width] + recurrent_share[:, : 2 * width]).float())
    reset, update = gates.chunk(2, 1)
    new = torch.tanh((share[:, 2 * width :] + reset * recurrent_share[:, 2 * width :]).float())
    return new + update * (hidden - new)
