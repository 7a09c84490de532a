"""Attention: a score under an alignment, or many heads of scaled dot products."""

from __future__ import annotations

import math
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float, Real
from torch import Tensor, nn

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.layers.alignments import CLOSED, Alignment, AttentionWindow, make_alignment
from ptrnet_suite.model.layers.dropout import Dropout
from ptrnet_suite.model.layers.scores import AttentionScore, make_score


def additive_mask(mask: Bool[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """0 where `mask` is True and CLOSED elsewhere, float32; cheaper to reuse than a boolean."""
    return torch.zeros(mask.shape, device=mask.device).masked_fill_(~mask, CLOSED)


@final
class Attended(NamedTuple):
    """Output of an attention; centres are those of the windows, None where there are none."""

    context: Float[Tensor, "batch time features"]
    weights: Float[Tensor, "batch time positions"]
    centres: Float[Tensor, "batch time"] | None


Carried = tuple[Float[Tensor, "rows ..."], ...]
"""State of an attention from step to step, one row per hypothesis."""


@final
class Attention(nn.Module):
    """Single-head attention: any score under any alignment, with or without coverage.

    With coverage each key knows how much attention it has had so far: `keys + w c` (See et al.
    2017, eq. 11, where the score is concat). Whole sequences are attended at once by calling it;
    `start` and `step` go on from step to step, where steps are counted for an alignment that
    follows them and attention is summed up for coverage.
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

    @property
    def remembers(self) -> bool:
        """Whether a step depends on the weights of earlier ones."""
        return self.cover is not None

    @property
    def counts(self) -> bool:
        """Whether a step depends on its number."""
        return self.alignment is not None and self.alignment.follows_steps

    def forward(
        self,
        query: Float[Tensor, "batch time width"],
        keys: Float[Tensor, "batch positions width"],
        values: Float[Tensor, "batch positions features"],
        bias: Float[Tensor, "#batch #time positions"] | None = None,
        order: Real[Tensor, " ..."] | None = None,
        covered: Float[Tensor, "batch time positions"] | None = None,
    ) -> Attended:
        """The context of each query: the sum of the values, weighted by score and alignment.

        keys: `self.score.keys(states)`; bias: an additive mask. order: number of each query's step,
        of a shape that broadcasts to `(batch, time)`; by default they follow each other from 0.
        covered: attention of earlier steps.
        """
        if self.cover is None or covered is None:
            scores = self.score(query, keys).float()
        else:
            covered_keys = keys.unsqueeze(1) + covered.to(keys.dtype).unsqueeze(-1) * self.cover
            scores = _scores_of_own_keys(self.score, query, covered_keys)
        window = None
        if self.alignment is not None:
            window = window_for(self.alignment, query, keys.shape[1], bias, order)
        if bias is not None:
            scores = scores + bias
        if window is not None:
            # Twice, so that a window in which nothing is open is attended to all the same.
            scores = scores + 2 * window.closed
        weights = torch.softmax(scores, dim=-1)
        if window is not None and window.factor is not None:
            weights = weights * window.factor
        context = weights.to(values.dtype) @ values
        return Attended(context, weights, None if window is None else window.centres)

    def start(self, mask: Bool[Tensor, "rows positions"]) -> Carried:
        """State before the first step; mask: the memory's."""
        order = (torch.zeros(len(mask), device=mask.device),) if self.counts else ()
        covered = (torch.zeros(mask.shape, device=mask.device),) if self.remembers else ()
        return (*order, *covered)

    def step(
        self,
        query: Float[Tensor, "batch hypotheses width"],
        keys: Float[Tensor, "batch positions width"],
        values: Float[Tensor, "batch positions features"],
        bias: Float[Tensor, "#batch #hypotheses positions"] | None,
        carried: Carried,
    ) -> tuple[Attended, Carried]:
        """The next step of every hypothesis, and the state after it."""
        order = carried[0].view(query.shape[:2]) if self.counts else None
        covered = carried[-1].view(*query.shape[:2], -1) if self.remembers else None
        attended = self(query, keys, values, bias, order, covered)
        following: list[Tensor] = [carried[0] + 1] if self.counts else []
        if covered is not None:
            following.append((covered + attended.weights).flatten(0, 1))
        return attended, tuple(following)


def _scores_of_own_keys(
    score: AttentionScore,
    query: Float[Tensor, "batch time width"],
    keys: Float[Tensor, "batch time positions width"],
) -> Float[Tensor, "batch time positions"]:
    """Scores of queries each of which has keys of its own."""
    batch, time, width = query.shape
    scores: Tensor = score(query.reshape(batch * time, 1, width), keys.flatten(0, 1))
    return scores.float().view(batch, time, -1)


def window_for(
    alignment: Alignment,
    query: Float[Tensor, "batch time width"],
    positions: int,
    bias: Float[Tensor, "#batch #time positions"] | None,
    order: Real[Tensor, " ..."] | None,
) -> AttentionWindow:
    """The windows that an alignment gives, where `bias` closes the padding behind the keys."""
    batch, time, _ = query.shape
    if order is None:
        order = torch.arange(time, device=query.device)
    if bias is None:
        lengths = torch.full((batch,), positions, device=query.device)
    else:
        lengths = (bias.flatten(1, -2)[:, 0] > CLOSED / 2).sum(-1)
    window: AttentionWindow = alignment(query, lengths, order, positions)
    return window


@final
class KeysValues(NamedTuple):
    """Keys and values of all heads."""

    keys: Float[Tensor, "batch heads positions features"]
    values: Float[Tensor, "batch heads positions features"]


@final
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

    def keys_values(self, states: Float[Tensor, "batch positions width"]) -> KeysValues:
        """Projects states for all heads, once per memory."""
        batch, positions, _ = states.shape
        projected = self.project_memory(states).view(batch, positions, 2, self.heads, -1)
        # Copied once here, or every product with them would do it.
        keys, values = projected.permute(2, 0, 3, 1, 4).contiguous().unbind(0)
        return KeysValues(keys, values)

    def forward(
        self,
        query: Float[Tensor, "batch time width"],
        memory: KeysValues,
        bias: Float[Tensor, " ..."] | None = None,
    ) -> Float[Tensor, "batch time width"]:
        """The context of each query; bias: broadcasts to `(batch, heads, time, positions)`."""
        return self.attend(query, memory, bias)[0]

    def attend(
        self,
        query: Float[Tensor, "batch time width"],
        memory: KeysValues,
        bias: Float[Tensor, " ..."] | None = None,
        window: AttentionWindow | None = None,
    ) -> tuple[Float[Tensor, "batch time width"], Float[Tensor, "batch heads time positions"]]:
        """The context and the weights; all heads have the same window."""
        batch, time, width = query.shape
        # To scale the weights is cheaper than to scale what they give.
        weight = self.project_query.weight * self.scale
        queries = nn.functional.linear(query, weight).view(batch, time, self.heads, -1)
        scores = queries.transpose(1, 2) @ memory.keys.transpose(2, 3)
        if window is not None:
            # Twice, so that a window in which nothing is open is attended to all the same.
            scores = scores + 2 * window.closed.unsqueeze(1)
        weights = torch.softmax(scores if bias is None else scores + bias, dim=-1)
        if window is not None and window.factor is not None:
            weights = weights * window.factor.unsqueeze(1)
        context = weights.to(memory.values.dtype) @ memory.values
        return self.project_out(context.transpose(1, 2).reshape(batch, time, width)), weights


@final
class FeedForward(nn.Sequential):
    """Two layers with GELU between them."""

    def __init__(self, width: int, hidden: int, dropout: float = 0.0) -> None:
        super().__init__(
            nn.Linear(width, hidden), nn.GELU(), Dropout(dropout), nn.Linear(hidden, width)
        )
