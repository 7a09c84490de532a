"""Alignments: which keys a query may look at, and how sharply around a centre.

A score says how well keys fit; the alignment says where to look for them at all (Luong et al. 2015,
section 3). Positions and steps are counted from 0.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.registries import ALIGNMENTS

CLOSED = -1e9
"""Added to the score of what must not be chosen; finite, so that a row without open keys is."""


class AttentionWindow(NamedTuple):
    """What an alignment does to scores `(batch, time, positions)`.

    closed: added to them before the softmax, CLOSED outside of the window. factor: times the
    weights after it, or None. centres: `(batch, time)`, the middle of each window.
    """

    closed: Tensor
    factor: Tensor | None
    centres: Tensor


class Alignment(nn.Module, ABC):
    """A window of the positions not further than `window` from a centre."""

    def __init__(self, width: int, window: int) -> None:
        super().__init__()
        if window < 1:
            raise InputError(f"window is {window}; accepted are whole numbers from 1 on")
        self.window = window

    @abstractmethod
    def centres(self, query: Tensor, lengths: Tensor, order: Tensor) -> Tensor:
        """Centres `(batch, time)`."""

    def factor(self, distances: Tensor) -> Tensor | None:
        """What the weights are multiplied by, for signed distances to the centre."""
        return None

    def forward(
        self, query: Tensor, lengths: Tensor, order: Tensor, positions: int
    ) -> AttentionWindow:
        """The view of queries `(batch, time, width)`.

        lengths: `(batch,)`, positions that are real; order: number of each query's step, of a shape
        that broadcasts to `(batch, time)`; positions: how many there are with padding.
        """
        centres = self.centres(query, lengths, order)
        places = torch.arange(positions, device=query.device, dtype=centres.dtype)
        distances = places - centres.unsqueeze(-1)
        closed = torch.zeros_like(distances).masked_fill_(distances.abs() > self.window, CLOSED)
        return AttentionWindow(closed, self.factor(distances), centres)


class Monotonic(Alignment):
    """local-m: the centre is the step's own number (Luong et al. 2015, section 3.2).

    Steps beyond the last position look around that one, so that no window is empty.
    """

    def centres(self, query: Tensor, lengths: Tensor, order: Tensor) -> Tensor:
        last = (lengths - 1).clamp_min(0).unsqueeze(1)
        own = order.expand(query.shape[:2])
        return torch.minimum(own, last).float()


class Predictive(Alignment):
    """local-p: the centre is S sigmoid(v . tanh(W q)) (Luong et al. 2015, eq. 9 and 10).

    S is the input's length. Weights fall off around the centre by a Gaussian whose standard
    deviation is half the window; they are not normalised again.
    """

    def __init__(self, width: int, window: int) -> None:
        super().__init__(width, window)
        self.project = nn.Linear(width, width, bias=False)
        self.vector = nn.Linear(width, 1, bias=False)

    def centres(self, query: Tensor, lengths: Tensor, order: Tensor) -> Tensor:
        inner: Tensor = self.vector(torch.tanh(self.project(query))).squeeze(-1)
        return lengths.unsqueeze(1) * torch.sigmoid(inner.float())

    def factor(self, distances: Tensor) -> Tensor | None:
        return torch.exp(-2 * (distances / self.window) ** 2)


def everywhere(width: int, window: int) -> None:
    """global: all positions, for which no window is needed (Luong et al. 2015, section 3.1)."""


def make_alignment(name: str, width: int, window: int) -> Alignment | None:
    """The alignment of that name, None for `global`; raises InputError for an unknown one."""
    alignment: Alignment | None = ALIGNMENTS.get(name)(width, window)
    return alignment
