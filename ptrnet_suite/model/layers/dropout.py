"""Dropout whose random bits cost little."""

from __future__ import annotations

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ptrnet_suite.errors import InputError

LEVELS = 256
"""Values of the random byte that decides on one element."""


@final
class Dropout(nn.Module):
    """Zeroes elements at random in training and scales up the rest (Srivastava et al. 2014).

    One 64-bit draw decides on eight elements, so the rate is rounded to a multiple of 1/256; on
    CPUs to draw for each element takes a quarter of a small Transformer's training step. Raises
    InputError for a rate outside of [0, 1).
    """

    def __init__(self, rate: float = 0.0) -> None:
        super().__init__()
        if not 0 <= rate < 1:
            raise InputError(f"dropout is {rate}; accepted are numbers from 0 to below 1")
        self.dropped = min(LEVELS - 1, round(rate * LEVELS))

    def forward(self, values: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The same dtype too; unchanged outside of training."""
        if not self.training or not self.dropped:
            return values
        count = values.numel()
        draws = torch.empty(-(-count // 8), dtype=torch.int64, device=values.device)
        # Every bit of the draw is random only where the lower bound is given.
        bytes_ = draws.random_(-(2**63), None).view(torch.uint8)[:count].view(values.shape)
        mask = (bytes_ >= self.dropped).to(values.dtype)
        return values * mask.mul_(LEVELS / (LEVELS - self.dropped))

    def extra_repr(self) -> str:
        return f"{self.dropped / LEVELS:.3g}"
