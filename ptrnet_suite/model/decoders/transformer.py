"""The Transformer's decoder: causal self-attention, then attention to the memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, final

import torch
from jaxtyping import Float, Real
from torch import Tensor, nn

from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders.base import Decoder
from ptrnet_suite.model.decoders.glimpse import Glimpse
from ptrnet_suite.model.interfaces import DecoderInputs, DecoderOutput, Memory, Prepared, State
from ptrnet_suite.model.layers.alignments import CLOSED, AttentionWindow, make_alignment
from ptrnet_suite.model.layers.attention import KeysValues, MultiHeadAttention, window_for
from ptrnet_suite.model.layers.dropout import Dropout
from ptrnet_suite.model.layers.positions import sinusoids


@final
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

    def _positioned(
        self, previous: Float[Tensor, "batch time width"], order: Real[Tensor, "#time"]
    ) -> Float[Tensor, "batch time width"]:
        """Embedded choices with the code of their steps."""
        return self.dropout(previous + sinusoids(order, previous.shape[-1]))

    def forward(self, inputs: DecoderInputs, memory: Memory, prepared: Prepared) -> DecoderOutput:
        time = inputs.previous.shape[1]
        order = torch.arange(time, device=inputs.previous.device)
        future = torch.full((time, time), CLOSED, device=order.device).triu(1)
        query, weights, window = self._positioned(inputs.previous, order), None, None
        projected = _of_layers(prepared)
        for index, (layer, keys_values) in enumerate(zip(self.layers, projected, strict=True)):
            normed = layer.norm_self(query)
            earlier = layer.attention.keys_values(normed)
            query = query + layer.dropout(layer.attention(normed, earlier, future))
            window = layer.window(query, memory, order)
            query, weights = layer.look(query, keys_values, inputs.bias_for(index, memory), window)
        centres = None if window is None else window.centres
        return DecoderOutput(self.norm(query), (), weights, centres)

    def step(
        self, inputs: DecoderInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        weights, window = None, None
        batch, hypotheses, width = inputs.previous.shape
        order = torch.tensor([state[0].shape[2]], device=inputs.previous.device)
        query = self._positioned(inputs.previous, order)
        caches: list[Tensor] = []
        for index, (layer, keys_values) in enumerate(
            zip(self.layers, _of_layers(prepared), strict=True)
        ):
            normed = layer.norm_self(query).view(batch * hypotheses, 1, width)
            new = layer.attention.keys_values(normed)
            earlier = KeysValues(
                torch.cat([state[2 * index], new.keys], 2),
                torch.cat([state[2 * index + 1], new.values], 2),
            )
            caches += earlier
            query = query + layer.attention(normed, earlier).view(batch, hypotheses, width)
            window = layer.window(query, memory, order)
            query, weights = layer.look(query, keys_values, inputs.bias_for(index, memory), window)
        centres = None if window is None else window.centres
        return DecoderOutput(self.norm(query), tuple(caches), weights, centres)


@final
class TransformerDecoderLayer(nn.Module):
    """Self-attention over earlier choices, then attention to the memory."""

    def __init__(self, config: DecoderConfig, width: int, dropout: float) -> None:
        super().__init__()
        self.norm_self = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, config.heads)
        self.alignment = make_alignment(config.alignment, width, config.window)
        self.look = Glimpse(config, width, dropout)
        self.dropout = Dropout(dropout)

    def window(
        self,
        query: Float[Tensor, "batch time width"],
        memory: Memory,
        order: Real[Tensor, "#time"],
    ) -> AttentionWindow | None:
        """The window of a local alignment, for all heads of the layer."""
        if self.alignment is None:
            return None
        positions = memory.states.shape[1]
        return window_for(self.alignment, query, positions, memory.padding, order)


def _of_layers(prepared: Prepared) -> tuple[KeysValues, ...]:
    return cast("tuple[KeysValues, ...]", prepared)
