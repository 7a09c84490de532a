"""The Transformer's encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.config import EncoderConfig
from ptrnet_suite.model.encoders.base import (
    EncoderNetwork,
    EncoderOutput,
    InputEmbedding,
    mean_over,
)
from ptrnet_suite.model.layers.attention import additive_mask
from ptrnet_suite.model.layers.attention_block import AttentionBlock
from ptrnet_suite.model.layers.channels import channel_weights, mix_channels
from ptrnet_suite.model.layers.dropout import Dropout
from ptrnet_suite.model.layers.positions import sinusoids
from ptrnet_suite.model.layers.relations import distance_features, row_blocks
from ptrnet_suite.task.spec import Spec


@final
class EncoderLayer(AttentionBlock):
    """Self-attention of the inputs, and a feed-forward part."""

    def __init__(self, width: int, config: EncoderConfig, dropout: float) -> None:
        super().__init__(width, config.heads, config.feedforward * width, dropout)

    def forward(
        self,
        states: Float[Tensor, "batch positions width"],
        bias: Float[Tensor, " batch #heads #positions positions"] | None,
    ) -> Float[Tensor, "batch positions width"]:
        """The next states; bias: added to the scores."""
        normed = self.norm_attention(states)
        context = self.attention(normed, self.attention.keys_values(normed), bias)
        return self.add_parts(states, context)

    def by_rows(
        self,
        states: Float[Tensor, "batch positions width"],
        blocks: Sequence[slice],
        bias_of: Callable[[slice], Float[Tensor, " batch #heads #rows positions"] | None],
    ) -> Float[Tensor, "batch positions width"]:
        """The same block by block, so that the scores of a block are held and not all of them."""
        normed = self.norm_attention(states)
        memory = self.attention.keys_values(normed)
        parts = [self.attention(normed[:, rows], memory, bias_of(rows)) for rows in blocks]
        return self.add_parts(states, torch.cat(parts, 1))


@final
class TransformerEncoder(EncoderNetwork):
    """A stack of pre-norm layers; without position codes it reads a set."""

    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__(config, spec, width, dropout)
        self.embed = InputEmbedding(spec, width)
        self.positions = config.positions
        biased = config.distances and spec.inputs == "vectors"
        self.distances = channel_weights(config.layers * config.heads, 3) if biased else None
        self.layers = nn.ModuleList(
            EncoderLayer(width, config, dropout) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(width)
        self.dropout = Dropout(dropout)

    def forward(self, batch: Batch) -> EncoderOutput:
        states = self.embed(batch.inputs)
        if self.positions == "sinusoidal":
            order = torch.arange(states.shape[1], device=states.device)
            # Embeddings are as large as the code already, so nothing is scaled up to drown it.
            states = states + sinusoids(order, states.shape[2])
        states = self.dropout(states)
        mask, blocks = batch.input_mask, row_blocks(states)
        if len(blocks) > 1 and not torch.is_grad_enabled():
            states = self._by_rows(states, batch, blocks)
        else:
            for layer, bias in zip(self.layers, self._biases(batch), strict=True):
                states = layer(states, bias)
        states = self.norm(states)
        return EncoderOutput(states, mask, mean_over(states, mask))

    def _by_rows(
        self, states: Float[Tensor, "batch positions width"], batch: Batch, blocks: list[slice]
    ) -> Float[Tensor, "batch positions width"]:
        """All layers where the pairs of positions are too many to hold numbers for each."""
        mask = batch.input_mask
        closed = None if mask.all() else additive_mask(mask)[:, None, None, :]
        for index, layer in enumerate(self.layers):
            assert isinstance(layer, EncoderLayer)
            bias_of = partial(self._bias_of_rows, index, batch, closed)
            states = layer.by_rows(states, blocks, bias_of)
        return states

    def _bias_of_rows(
        self, index: int, batch: Batch, closed: Tensor | None, rows: slice
    ) -> Float[Tensor, " batch #heads #rows positions"] | None:
        """What is added to the scores of one layer at some rows; closed: the padding's mask."""
        if self.distances is None:
            return closed
        weights = self.distances.chunk(len(self.layers))[index]
        near = mix_channels(weights, distance_features(batch.inputs, rows))
        return near if closed is None else near + closed

    def _biases(
        self, batch: Batch
    ) -> list[Float[Tensor, " batch #heads #positions positions"] | None]:
        """Added to each layer's scores: the padding's mask and the distances' share."""
        mask = batch.input_mask
        closed = None if mask.all() else additive_mask(mask)[:, None, None, :]
        if self.distances is None:
            return [closed] * len(self.layers)
        near = mix_channels(self.distances, distance_features(batch.inputs))
        shares = near.chunk(len(self.layers), 1)
        return [share if closed is None else share + closed for share in shares]
