"""Scores: how well each key fits a query.

Softmax over the keys makes weights of them. In an attention the weights mix the values into a
context; in a pointer head the same weights are the answer.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ptrnet_suite.model.layers.alignments import CLOSED
from ptrnet_suite.model.registries import SCORES


class AttentionScore(nn.Module, ABC):
    """How well keys fit queries."""

    @abstractmethod
    def __init__(self, width: int) -> None:
        super().__init__()

    @abstractmethod
    def keys(
        self, states: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch positions width"]:
        """Keys of memory states, projected once for all queries."""

    @abstractmethod
    def forward(
        self, query: Float[Tensor, "batch time width"], keys: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch time positions"]:
        """Scores of each query with each key of its instance."""


@final
class DotScore(AttentionScore):
    """q . k (Luong et al. 2015, section 3.1, dot)."""

    def __init__(self, width: int) -> None:
        super().__init__(width)

    def keys(
        self, states: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch positions width"]:
        return states

    def forward(
        self, query: Float[Tensor, "batch time width"], keys: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch time positions"]:
        return query @ keys.transpose(1, 2)


@final
class GeneralScore(AttentionScore):
    """q W k (Luong et al. 2015, section 3.1, general)."""

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self.project = nn.Linear(width, width, bias=False)

    def keys(
        self, states: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch positions width"]:
        return self.project(states)

    def forward(
        self, query: Float[Tensor, "batch time width"], keys: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch time positions"]:
        return query @ keys.transpose(1, 2)


@final
class ConcatScore(AttentionScore):
    """v . tanh(W q + U k) (Bahdanau et al. 2014, appendix A.1.2; Vinyals et al. 2015, eq. 3)."""

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self.project_query = nn.Linear(width, width)
        self.project_key = nn.Linear(width, width, bias=False)
        self.vector = nn.Linear(width, 1, bias=False)

    def keys(
        self, states: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch positions width"]:
        return self.project_key(states)

    def forward(
        self, query: Float[Tensor, "batch time width"], keys: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch time positions"]:
        mixed = torch.tanh(self.project_query(query).unsqueeze(2) + keys.unsqueeze(1))
        return self.vector(mixed).squeeze(-1)


@final
class LocationScore(AttentionScore):
    """W q: the query alone says where to attend (Luong et al. 2015, eq. 8).

    It has a row for each of the first `longest` positions; later ones get no attention.
    """

    longest = 512

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self.project = nn.Linear(width, self.longest)

    def keys(
        self, states: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch positions width"]:
        return states

    def forward(
        self, query: Float[Tensor, "batch time width"], keys: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch time positions"]:
        beyond = max(0, keys.shape[1] - self.longest)
        scores = self.project(query)[..., : keys.shape[1]]
        return nn.functional.pad(scores, (0, beyond), value=CLOSED)


@final
class ScaledDotScore(AttentionScore):
    """(W q) . (U k) / sqrt(d) (Vaswani et al. 2017, eq. 1; Kool et al. 2019, eq. 7)."""

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self.project_query = nn.Linear(width, width, bias=False)
        self.project_key = nn.Linear(width, width, bias=False)
        self.scale = 1 / math.sqrt(width)

    def keys(
        self, states: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch positions width"]:
        return self.project_key(states) * self.scale

    def forward(
        self, query: Float[Tensor, "batch time width"], keys: Float[Tensor, "batch positions width"]
    ) -> Float[Tensor, "batch time positions"]:
        return self.project_query(query) @ keys.transpose(1, 2)


def make_score(name: str, width: int) -> AttentionScore:
    """The score of that name; raises InputError for an unknown one."""
    score: AttentionScore = SCORES.get(name)(width)
    return score
