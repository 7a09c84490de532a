"""The attention model's decoder: masked glimpses, no recurrence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

import torch
from torch import Tensor, nn

from ptrnet_suite.attention import FeedForward, KeysValues, MultiHeadAttention
from ptrnet_suite.decoders.base import Cues, Decoder, DecoderConfig, Prepared, State, Step
from ptrnet_suite.encoders import Memory
from ptrnet_suite.relations import channel_weights, mix_channels


class GlimpseDecoder(Decoder):
    """First, last and summary, refined by masked glimpses (Kool et al. 2019, section 3.2).

    Glimpses look only at what is still open and may see its relations to the last choices. There
    is no recurrence, so a sequence costs one pass.
    """

    remembers: ClassVar[bool] = False

    def __init__(self, config: DecoderConfig, width: int, relations: int, dropout: float) -> None:
        super().__init__()
        self.combine = nn.Linear(3 * width, width)
        glimpses = [Glimpse(config, width, relations, dropout) for _ in range(config.layers)]
        self.glimpses = cast("Sequence[Glimpse]", nn.ModuleList(glimpses))
        self.norm = nn.LayerNorm(width)

    def prepare(self, memory: Memory) -> Prepared:
        return tuple(layer.attention.keys_values(memory.states) for layer in self.glimpses)

    def start(self, memory: Memory) -> State:
        return ()

    def forward(self, cues: Cues, memory: Memory, prepared: Prepared) -> Tensor:
        return self.step(cues, memory, prepared, ()).query

    def step(self, cues: Cues, memory: Memory, prepared: Prepared, state: State) -> Step:
        weights = None
        summary = memory.summary.unsqueeze(1).expand_as(cues.previous)
        query = self.combine(torch.cat([cues.previous, cues.first, summary], -1))
        closed = memory.closed if cues.closed is None else cues.closed
        for glimpse, keys_values in zip(
            self.glimpses, cast("tuple[KeysValues, ...]", prepared), strict=True
        ):
            query, weights = glimpse(query, keys_values, closed, cues.of_positions())
        return Step(self.norm(query), state, weights)


class Glimpse(nn.Module):
    """One look at the open part of the memory, and a feed-forward part."""

    def __init__(self, config: DecoderConfig, width: int, relations: int, dropout: float) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, config.heads)
        self.norm_feedforward = nn.LayerNorm(width)
        self.feedforward = FeedForward(width, config.feedforward * width, dropout)
        self.relate = channel_weights(config.heads, relations) if relations else None
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, query: Tensor, memory: KeysValues, closed: Tensor | None, relations: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """The refined query, and the weights of the look `(batch, heads, time, positions)`."""
        bias = None if closed is None else closed.unsqueeze(1)
        if self.relate is not None and relations is not None:
            related = mix_channels(self.relate, relations)
            bias = related if bias is None else bias + related
        context, weights = self.attention.attend(self.norm_attention(query), memory, bias)
        query = query + self.dropout(context)
        return query + self.dropout(self.feedforward(self.norm_feedforward(query))), weights
