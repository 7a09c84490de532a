"""Alignments: which keys a query may attend to, and how sharply around a centre.

A score says how well keys fit; the alignment says which of them get any weight at all (Luong et
al. 2015, section 3). Positions and steps are counted from 0.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple, final

import torch
from jaxtyping import Float, Int, Real
from torch import Tensor, nn

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.registries import ALIGNMENTS

CLOSED = -1e9
"""Added to the score of what must not be chosen; finite, so that a row without open keys is."""


@final
class AttentionWindow(NamedTuple):
    """The positions that each query may attend to, and how sharply.

    closed: added to the scores before the softmax, CLOSED outside of the window; factor: multiplies
    the weights after it; centres: the middle of each window.
    """

    closed: Float[Tensor, "batch time positions"]
    factor: Float[Tensor, "batch time positions"] | None
    centres: Float[Tensor, "batch time"]


class Alignment(nn.Module, ABC):
    """A window of the positions not further than `window` from a centre."""

    follows_steps: ClassVar[bool] = True
    """Whether a centre depends on the number of the step, which then is counted in search."""

    def __init__(self, width: int, window: int) -> None:
        super().__init__()
        if window < 1:
            raise InputError(f"window is {window}; accepted are whole numbers from 1 on")
        self.window = window

    @abstractmethod
    def centres(
        self,
        query: Float[Tensor, "batch time width"],
        lengths: Int[Tensor, " batch"],
        order: Real[Tensor, " ..."],
    ) -> Float[Tensor, "batch time"]:
        """The middle of each query's window; arguments as in `forward`."""

    def factor(
        self, distances: Float[Tensor, "batch time positions"]
    ) -> Float[Tensor, "batch time positions"] | None:
        """Multiplies the weights, by signed distance to the centre; None leaves them."""
        return None

    def forward(
        self,
        query: Float[Tensor, "batch time width"],
        lengths: Int[Tensor, " batch"],
        order: Real[Tensor, " ..."],
        positions: int,
    ) -> AttentionWindow:
        """The window of each query.

        lengths: positions that are real; order: number of each query's step, of a shape that
        broadcasts to `(batch, time)`; positions: how many there are with padding.
        """
        centres = self.centres(query, lengths, order)
        indices = torch.arange(positions, device=query.device, dtype=centres.dtype)
        distances = indices - centres.unsqueeze(-1)
        closed = torch.zeros_like(distances).masked_fill_(distances.abs() > self.window, CLOSED)
        return AttentionWindow(closed, self.factor(distances), centres)


@final
class Monotonic(Alignment):
    """local-m: the centre is the step's own number (Luong et al. 2015, section 3.2).

    Steps beyond the last position are centred on that one, so that no window is empty.
    """

    def centres(
        self,
        query: Float[Tensor, "batch time width"],
        lengths: Int[Tensor, " batch"],
        order: Real[Tensor, " ..."],
    ) -> Float[Tensor, "batch time"]:
        last = (lengths - 1).clamp_min(0).unsqueeze(1)
        steps = order.expand(query.shape[:2])
        return torch.minimum(steps, last).float()


@final
class Predictive(Alignment):
    """local-p: the centre is S sigmoid(v . tanh(W q)) (Luong et al. 2015, eq. 9 and 10).

    S is the input's length. Weights fall off around the centre by a Gaussian whose standard
    deviation is half the window; they are not normalised again.
    """

    follows_steps: ClassVar[bool] = False

    def __init__(self, width: int, window: int) -> None:
        super().__init__(width, window)
        self.project = nn.Linear(width, width, bias=False)
        self.vector = nn.Linear(width, 1, bias=False)

    def centres(
        self,
        query: Float[Tensor, "batch time width"],
        lengths: Int[Tensor, " batch"],
        order: Real[Tensor, " ..."],
    ) -> Float[Tensor, "batch time"]:
        inner: Tensor = self.vector(torch.tanh(self.project(query))).squeeze(-1)
        return lengths.unsqueeze(1) * torch.sigmoid(inner.float())

    def factor(
        self, distances: Float[Tensor, "batch time positions"]
    ) -> Float[Tensor, "batch time positions"]:
        return torch.exp(-2 * (distances / self.window) ** 2)


def everywhere(width: int, window: int) -> None:
    """global: all positions, for which no window is needed (Luong et al. 2015, section 3.1)."""


def make_alignment(name: str, width: int, window: int) -> Alignment | None:
    """The alignment of that name, None for `global`; raises InputError for an unknown one."""
    alignment: Alignment | None = ALIGNMENTS.get(name)(width, window)
    return alignment
