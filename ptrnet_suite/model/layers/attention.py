"""Attention: a score under an alignment, or many heads of scaled dot products."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.layers.alignments import CLOSED, AttentionWindow, make_alignment
from ptrnet_suite.model.layers.dropout import Dropout
from ptrnet_suite.model.layers.scores import AttentionScore, make_score


def additive_mask(mask: Tensor) -> Tensor:
    """0 where `mask` is True and CLOSED elsewhere, float32; cheaper to reuse than a boolean."""
    return torch.zeros(mask.shape, device=mask.device).masked_fill_(~mask, CLOSED)


class Attended(NamedTuple):
    """What a look at the memory gives.

    context: `(batch, time, features)`; weights: `(batch, time, positions)`; centres: `(batch,
    time)` of the windows, None where there are none.
    """

    context: Tensor
    weights: Tensor
    centres: Tensor | None


class Attention(nn.Module):
    """Single-head attention: any score under any alignment, with or without coverage.

    With coverage each key is told how much attention it has had so far: `keys + w c` (See et al.
    2017, eq. 11, where the score is concat).
    """

    def __init__(
        self,
        score: str,
        width: int,
        alignment: str = "global",
        window: int = 10,
        coverage: bool = False,
    ) -> None:
        super().__init__()
        self.score = make_score(score, width)
        self.alignment = make_alignment(alignment, width, window)
        self.cover = nn.Parameter(torch.zeros(width)) if coverage else None

    def forward(
        self,
        query: Tensor,
        keys: Tensor,
        values: Tensor,
        bias: Tensor | None = None,
        order: Tensor | None = None,
        covered: Tensor | None = None,
    ) -> Attended:
        """Looks with `query (batch, time, width)`; the context is the weighted sum of the values.

        keys: `self.score.keys(states)`; bias: an additive mask that broadcasts over the scores.
        order: number of each query's step, broadcasts to `(batch, time)`; by default they follow
        each other from 0. covered: `(batch, time, positions)`, attention so far.
        """
        if self.cover is None or covered is None:
            scores = self.score(query, keys).float()
        else:
            told = keys.unsqueeze(1) + covered.to(keys.dtype).unsqueeze(-1) * self.cover
            scores = _each(self.score, query, told)
        view = self._view(query, keys, bias, order)
        if bias is not None:
            scores = scores + bias
        weights = torch.softmax(scores if view is None else scores + view.closed, dim=-1)
        if view is not None and view.factor is not None:
            weights = weights * view.factor
        context = weights.to(values.dtype) @ values
        return Attended(context, weights, None if view is None else view.centres)

    def _view(
        self, query: Tensor, keys: Tensor, bias: Tensor | None, order: Tensor | None
    ) -> AttentionWindow | None:
        if self.alignment is None:
            return None
        return window_for(self.alignment, query, keys.shape[1], bias, order)


def _each(score: AttentionScore, query: Tensor, keys: Tensor) -> Tensor:
    """Scores of queries that have keys `(batch, time, positions, width)` of their own."""
    batch, time, width = query.shape
    scores: Tensor = score(query.reshape(batch * time, 1, width), keys.flatten(0, 1))
    return scores.float().view(batch, time, -1)


def window_for(
    alignment: nn.Module, query: Tensor, positions: int, bias: Tensor | None, order: Tensor | None
) -> AttentionWindow:
    """The alignment's view of `positions` keys, of which `bias` closes the padding at the end."""
    batch, time, _ = query.shape
    if order is None:
        order = torch.arange(time, device=query.device)
    if bias is None:
        lengths = torch.full((batch,), positions, device=query.device)
    else:
        lengths = (bias.flatten(1, -2)[:, 0] > CLOSED / 2).sum(-1)
    view: AttentionWindow = alignment(query, lengths, order, positions)
    return view


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
        self,
        query: Tensor,
        memory: KeysValues,
        bias: Tensor | None = None,
        view: AttentionWindow | None = None,
    ) -> tuple[Tensor, Tensor]:
        """The same, and the weights `(batch, heads, time, positions)`; all heads have one view."""
        batch, time, width = query.shape
        # To scale the weights is cheaper than to scale what they give.
        weight = self.project_query.weight * self.scale
        queries = nn.functional.linear(query, weight).view(batch, time, self.heads, -1)
        scores = queries.transpose(1, 2) @ memory.keys.transpose(2, 3)
        if view is not None:
            # Twice, so that a window in which nothing is open is looked at all the same.
            scores = scores + 2 * view.closed.unsqueeze(1)
        weights = torch.softmax(scores if bias is None else scores + bias, dim=-1)
        if view is not None and view.factor is not None:
            weights = weights * view.factor.unsqueeze(1)
        context = weights.to(memory.values.dtype) @ memory.values
        return self.project_out(context.transpose(1, 2).reshape(batch, time, width)), weights


class FeedForward(nn.Sequential):
    """Two layers with GELU between them."""

    def __init__(self, width: int, hidden: int, dropout: float = 0.0) -> None:
        super().__init__(
            nn.Linear(width, hidden), nn.GELU(), Dropout(dropout), nn.Linear(hidden, width)
        )
