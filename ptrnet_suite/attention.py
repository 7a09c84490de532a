"""Scores, and attention built on them.

A score says how well each key fits a query; softmax over the keys makes weights. In an attention
the weights mix the values into a context; in a pointer head the same weights are the answer.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ptrnet_suite.dropout import Dropout
from ptrnet_suite.errors import InputError

CLOSED = -1e9
"""Added to the score of what must not be chosen; finite, so that a row without open keys is."""


def additive_mask(mask: Tensor) -> Tensor:
    """0 where `mask` is True and CLOSED elsewhere, float32; cheaper to reuse than a boolean."""
    return torch.zeros(mask.shape, device=mask.device).masked_fill_(~mask, CLOSED)


class Score(nn.Module, ABC):
    """How well keys fit queries: `(batch, time, query)` x `(batch, positions, key)`."""

    @abstractmethod
    def keys(self, states: Tensor) -> Tensor:
        """Projects memory states once, `(batch, positions, features)`."""

    @abstractmethod
    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        """Scores `(batch, time, positions)`."""


class DotScore(Score):
    """q . k (Luong et al. 2015, section 3.1, dot)."""

    def __init__(self, width: int) -> None:
        super().__init__()

    def keys(self, states: Tensor) -> Tensor:
        return states

    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        return query @ keys.transpose(1, 2)


class GeneralScore(Score):
    """q W k (Luong et al. 2015, section 3.1, general)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(width, width, bias=False)

    def keys(self, states: Tensor) -> Tensor:
        return self.project(states)

    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        return query @ keys.transpose(1, 2)


class ConcatScore(Score):
    """v . tanh(W q + U k) (Bahdanau et al. 2014, appendix A.1.2; Vinyals et al. 2015, eq. 3)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project_query = nn.Linear(width, width)
        self.project_key = nn.Linear(width, width, bias=False)
        self.vector = nn.Linear(width, 1, bias=False)

    def keys(self, states: Tensor) -> Tensor:
        return self.project_key(states)

    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        mixed = torch.tanh(self.project_query(query).unsqueeze(2) + keys.unsqueeze(1))
        return self.vector(mixed).squeeze(-1)


class LocationScore(Score):
    """W q: the query alone says where to look (Luong et al. 2015, eq. 8).

    It has a row for each of the first `longest` positions; later ones get no attention.
    """

    longest = 512

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(width, self.longest)

    def keys(self, states: Tensor) -> Tensor:
        return states

    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        beyond = max(0, keys.shape[1] - self.longest)
        scores = self.project(query)[..., : keys.shape[1]]
        return nn.functional.pad(scores, (0, beyond), value=CLOSED)


class ScaledDotScore(Score):
    """(W q) . (U k) / sqrt(d) (Vaswani et al. 2017, eq. 1; Kool et al. 2019, eq. 7)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project_query = nn.Linear(width, width, bias=False)
        self.project_key = nn.Linear(width, width, bias=False)
        self.scale = 1 / math.sqrt(width)

    def keys(self, states: Tensor) -> Tensor:
        return self.project_key(states) * self.scale

    def forward(self, query: Tensor, keys: Tensor) -> Tensor:
        return self.project_query(query) @ keys.transpose(1, 2)


SCORES: dict[str, type[Score]] = {
    "dot": DotScore,
    "general": GeneralScore,
    "concat": ConcatScore,
    "location": LocationScore,
    "scaled_dot": ScaledDotScore,
}


def make_score(name: str, width: int) -> Score:
    """The score of that name; raises InputError for an unknown one."""
    if name not in SCORES:
        raise InputError(f"there is no score {name!r}; there are {', '.join(SCORES)}")
    return SCORES[name](width)


class Attention(nn.Module):
    """Single-head attention with any score: context is the weighted mean of the memory states."""

    def __init__(self, score: str, width: int) -> None:
        super().__init__()
        self.score = make_score(score, width)

    def forward(
        self, query: Tensor, keys: Tensor, states: Tensor, bias: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Context `(batch, time, features)` and weights `(batch, time, positions)`.

        keys: `self.score.keys(states)`; bias: an additive mask that broadcasts over the scores.
        """
        scores = self.score(query, keys).float()
        weights = torch.softmax(scores if bias is None else scores + bias, dim=-1)
        return weights.to(states.dtype) @ states, weights


class KeysValues(NamedTuple):
    """Keys and values of all heads, `(batch, heads, positions, features)`."""

    keys: Tensor
    values: Tensor


class MultiHeadAttention(nn.Module):
    """Multi-head attention (Vaswani et al. 2017, section 3.2.2).

    Written out as matmul, softmax, matmul: on CPUs the backward pass of the fused kernel in
    bfloat16 is about ten times slower than these three.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise InputError(f"width {width} cannot be split into {heads} heads; use a multiple")
        self.heads = heads
        self.project_query = nn.Linear(width, width, bias=False)
        self.project_memory = nn.Linear(width, 2 * width, bias=False)
        self.project_out = nn.Linear(width, width, bias=False)
        self.scale = 1 / math.sqrt(width // heads)

    def keys_values(self, states: Tensor) -> KeysValues:
        """Projects `(batch, positions, width)` for all heads, once per memory."""
        batch, positions, _ = states.shape
        both = self.project_memory(states).view(batch, positions, 2, self.heads, -1)
        # Copied once here, or every product with them would do it.
        keys, values = both.permute(2, 0, 3, 1, 4).contiguous().unbind(0)
        return KeysValues(keys, values)

    def forward(self, query: Tensor, memory: KeysValues, bias: Tensor | None = None) -> Tensor:
        """Context `(batch, time, width)`; `bias`: `(batch, heads, time, positions)` or like it."""
        return self.attend(query, memory, bias)[0]

    def attend(
        self, query: Tensor, memory: KeysValues, bias: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The same, and the weights `(batch, heads, time, positions)`."""
        batch, time, width = query.shape
        # To scale the weights is cheaper than to scale what they give.
        weight = self.project_query.weight * self.scale
        queries = nn.functional.linear(query, weight).view(batch, time, self.heads, -1)
        scores = queries.transpose(1, 2) @ memory.keys.transpose(2, 3)
        weights = torch.softmax(scores if bias is None else scores + bias, dim=-1)
        context = weights.to(memory.values.dtype) @ memory.values
        return self.project_out(context.transpose(1, 2).reshape(batch, time, width)), weights


class FeedForward(nn.Sequential):
    """Two layers with GELU between them."""

    def __init__(self, width: int, hidden: int, dropout: float = 0.0) -> None:
        super().__init__(
            nn.Linear(width, hidden), nn.GELU(), Dropout(dropout), nn.Linear(hidden, width)
        )
