"""Readouts: a state and its context to the query for the next choice."""

from __future__ import annotations

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ptrnet_suite.errors import InputError


@final
class Readout(nn.Module):
    """One layer over context, state and, for maxout, the previous choice.

    tanh: tanh(W [context; state]) (Luong et al. 2015, eq. 5). maxout: the larger of each pair of
    W [context; state; previous choice] (Bahdanau et al. 2014, appendix A.2.2). Context and previous
    choice are projected apart: once for all steps.
    """

    def __init__(self, kind: str, width: int) -> None:
        super().__init__()
        if kind not in ("tanh", "maxout"):
            raise InputError(f"there is no readout {kind!r}; there are tanh, maxout")
        size = width if kind == "tanh" else 2 * width
        self.context = nn.Linear(width, size, bias=False)
        self.state = nn.Linear(width, size)
        self.previous = nn.Linear(width, size, bias=False) if kind == "maxout" else None

    @property
    def takes_pairs(self) -> bool:
        """Whether it is maxout."""
        return self.previous is not None

    def of_context(
        self, states: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch positions size"]:
        """The context's share, made of memory states, so that no step needs it again."""
        share: Tensor = self.context(states)
        return share

    def of_previous(
        self, previous: Float[Tensor, "batch time width"]
    ) -> Float[Tensor, "batch time size"] | None:
        """The previous choice's share, None where it has none."""
        return None if self.previous is None else self.previous(previous)

    def read(
        self,
        context: Float[Tensor, "batch time size"],
        state: Float[Tensor, "batch time width"],
        previous: Float[Tensor, "batch time size"] | None,
    ) -> Float[Tensor, "batch time width"]:
        """The query of the context's share, a state and the previous choice's share."""
        summed = context + self.state(state)
        if previous is None:
            return torch.tanh(summed)
        return (summed + previous).unflatten(-1, (-1, 2)).amax(-1)
