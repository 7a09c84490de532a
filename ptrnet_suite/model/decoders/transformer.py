"""The Transformer's decoder: causal self-attention, then a look at the memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders.base import Decoder
from ptrnet_suite.model.decoders.glimpse import Glimpse
from ptrnet_suite.model.interfaces import DecoderInputs, DecoderOutput, Memory, Prepared, State
from ptrnet_suite.model.layers.alignments import CLOSED, AttentionWindow, make_alignment
from ptrnet_suite.model.layers.attention import KeysValues, MultiHeadAttention, window_for
from ptrnet_suite.model.layers.dropout import Dropout
from ptrnet_suite.model.layers.positions import sinusoids


class TransformerDecoder(Decoder):
    """Causal self-attention and attention to the memory (Vaswani et al. 2017, section 3.1)."""

    def __init__(self, config: DecoderConfig, width: int, dropout: float) -> None:
        super().__init__(config, width, dropout)
        self.layers = cast(
            "Sequence[TransformerDecoderLayer]",
            nn.ModuleList(
                TransformerDecoderLayer(config, width, dropout) for _ in range(config.layers)
            ),
        )
        self.norm = nn.LayerNorm(width)
        self.biased_layers = config.layers
        self.dropout = Dropout(dropout)
        self.heads = config.heads

    def prepare(self, memory: Memory) -> Prepared:
        return tuple(layer.look.attention.keys_values(memory.states) for layer in self.layers)

    def start(self, memory: Memory) -> State:
        batch, _, width = memory.states.shape
        empty = memory.states.new_zeros(batch, self.heads, 0, width // self.heads)
        return tuple(empty for _ in range(2 * len(self.layers)))

    def _positioned(self, previous: Tensor, order: Tensor) -> Tensor:
        return self.dropout(previous + sinusoids(order, previous.shape[-1]))

    def forward(self, inputs: DecoderInputs, memory: Memory, prepared: Prepared) -> DecoderOutput:
        time = inputs.previous.shape[1]
        order = torch.arange(time, device=inputs.previous.device)
        later = torch.full((time, time), CLOSED, device=order.device).triu(1)
        query, weights, view = self._positioned(inputs.previous, order), None, None
        trace = _of_layers(prepared)
        for index, (layer, keys_values) in enumerate(zip(self.layers, trace, strict=True)):
            normed = layer.norm_self(query)
            own = layer.attention.keys_values(normed)
            query = query + layer.dropout(layer.attention(normed, own, later))
            view = layer.view(query, memory, order)
            query, weights = layer.look(query, keys_values, inputs.bias_for(index, memory), view)
        return DecoderOutput(self.norm(query), (), weights, None if view is None else view.centres)

    def step(
        self, inputs: DecoderInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        weights, view = None, None
        batch, hypotheses, width = inputs.previous.shape
        order = torch.tensor(state[0].shape[2], device=inputs.previous.device)
        query = self._positioned(inputs.previous, order)
        caches: list[Tensor] = []
        for index, (layer, keys_values) in enumerate(
            zip(self.layers, _of_layers(prepared), strict=True)
        ):
            normed = layer.norm_self(query).view(batch * hypotheses, 1, width)
            new = layer.attention.keys_values(normed)
            own = KeysValues(
                torch.cat([state[2 * index], new.keys], 2),
                torch.cat([state[2 * index + 1], new.values], 2),
            )
            caches += own
            query = query + layer.attention(normed, own).view(batch, hypotheses, width)
            view = layer.view(query, memory, order)
            query, weights = layer.look(query, keys_values, inputs.bias_for(index, memory), view)
        centres = None if view is None else view.centres
        return DecoderOutput(self.norm(query), tuple(caches), weights, centres)


class TransformerDecoderLayer(nn.Module):
    """Self-attention over earlier choices, then a look at the memory."""

    def __init__(self, config: DecoderConfig, width: int, dropout: float) -> None:
        super().__init__()
        self.norm_self = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, config.heads)
        self.alignment = make_alignment(config.alignment, width, config.window)
        self.look = Glimpse(config, width, dropout)
        self.dropout = Dropout(dropout)

    def view(self, query: Tensor, memory: Memory, order: Tensor) -> AttentionWindow | None:
        """Where a local alignment lets the layer look, for all of its heads."""
        if self.alignment is None:
            return None
        positions = memory.states.shape[1]
        return window_for(self.alignment, query, positions, memory.padding, order)


def _of_layers(prepared: Prepared) -> tuple[KeysValues, ...]:
    return cast("tuple[KeysValues, ...]", prepared)
