"""Encoders: inputs to a memory that a decoder can attend to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from ptrnet_suite.attention import FeedForward, MultiHeadAttention, additive_mask
from ptrnet_suite.data import Batch
from ptrnet_suite.dropout import Dropout
from ptrnet_suite.relations import channel_weights, distance_features, mix_channels
from ptrnet_suite.task import Spec


@dataclass(frozen=True)
class EncoderConfig:
    """How inputs are read."""

    kind: Literal["transformer", "lstm", "gru"] = "transformer"
    """transformer, lstm or gru"""
    layers: int = 3
    """number of layers"""
    heads: int = 4
    """attention heads of a transformer layer"""
    feedforward: int = 4
    """hidden width of a transformer layer's feed-forward part, in multiples of the width"""
    bidirectional: bool = True
    """whether a recurrent encoder reads both ways"""
    positions: Literal["none", "sinusoidal"] = "none"
    """position code of a transformer; none makes it indifferent to the order of the inputs"""
    distances: bool = False
    """whether self-attention sees the distance between input vectors"""


class Memory(NamedTuple):
    """What the encoder leaves for the decoder.

    states: `(batch, positions, width)`; mask: `(batch, positions)`; summary: `(batch, width)`;
    vectors: `(batch, positions, features)` where the inputs are vectors, else None;
    closed: `mask` as an additive mask, `(batch, 1, positions)`, or None where nothing is padded.
    """

    states: Tensor
    mask: Tensor
    summary: Tensor
    vectors: Tensor | None
    closed: Tensor | None


def sinusoids(positions: Tensor, width: int) -> Tensor:
    """Position codes `(..., width)` of `positions (...)` (Vaswani et al. 2017, section 3.5)."""
    rates = torch.exp(
        torch.arange(0, width, 2, device=positions.device) * (-math.log(10000.0) / width)
    )
    angles = positions.unsqueeze(-1).float() * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)


class InputEmbedding(nn.Module):
    """Token ids or vectors to `(batch, positions, width)`."""

    def __init__(self, spec: Spec, width: int) -> None:
        super().__init__()
        self.embed: nn.Module = (
            nn.Embedding(spec.features, width)
            if spec.inputs == "tokens"
            else nn.Linear(spec.features, width)
        )

    def forward(self, inputs: Tensor) -> Tensor:
        embedded: Tensor = self.embed(inputs)
        return embedded


class RecurrentEncoder(nn.Module):
    """One- or two-directional LSTM or GRU; the summary is made of its last states."""

    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__()
        directions = 2 if config.bidirectional else 1
        self.embed = InputEmbedding(spec, width)
        self.dropout = Dropout(dropout)
        cell = nn.LSTM if config.kind == "lstm" else nn.GRU
        self.recurrent = cell(
            width,
            width // directions,
            num_layers=config.layers,
            batch_first=True,
            bidirectional=config.bidirectional,
            dropout=dropout if config.layers > 1 else 0.0,
        )
        self.directions = directions
        self.project = nn.Linear(width, width)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        embedded = self.dropout(self.embed(batch.inputs))
        positions = embedded.shape[1]
        if batch.input_mask.all():
            states, last = self.recurrent(embedded)
        else:
            lengths = batch.input_mask.sum(1).clamp_min(1).cpu()
            packed = pack_padded_sequence(embedded, lengths, True, enforce_sorted=False)
            packed_states, last = self.recurrent(packed)
            states, _ = pad_packed_sequence(packed_states, True, total_length=positions)
        hidden = last[0] if isinstance(last, tuple) else last
        final = torch.cat(list(hidden[-self.directions :]), -1)
        return self.dropout(states), torch.tanh(self.project(final))


class EncoderLayer(nn.Module):
    """Pre-norm self-attention and feed-forward (Vaswani et al. 2017; Xiong et al. 2020)."""

    def __init__(self, width: int, config: EncoderConfig, dropout: float) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, config.heads)
        self.norm_feedforward = nn.LayerNorm(width)
        self.feedforward = FeedForward(width, config.feedforward * width, dropout)
        self.dropout = Dropout(dropout)

    def forward(self, states: Tensor, bias: Tensor | None) -> Tensor:
        normed = self.norm_attention(states)
        mixed = self.attention(normed, self.attention.keys_values(normed), bias)
        states = states + self.dropout(mixed)
        changed: Tensor = states + self.dropout(self.feedforward(self.norm_feedforward(states)))
        return changed


class TransformerEncoder(nn.Module):
    """A stack of pre-norm layers; without position codes it reads a set."""

    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__()
        self.embed = InputEmbedding(spec, width)
        self.positions = config.positions
        sees = config.distances and spec.inputs == "vectors"
        self.distances = channel_weights(config.layers * config.heads, 3) if sees else None
        self.layers = nn.ModuleList(
            EncoderLayer(width, config, dropout) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(width)
        self.dropout = Dropout(dropout)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        states = self.embed(batch.inputs)
        if self.positions == "sinusoidal":
            order = torch.arange(states.shape[1], device=states.device)
            # Embeddings are as large as the code already, so nothing is scaled up to drown it.
            states = states + sinusoids(order, states.shape[2])
        states = self.dropout(states)
        mask = batch.input_mask
        for layer, bias in zip(self.layers, self._biases(batch), strict=True):
            states = layer(states, bias)
        states = self.norm(states)
        weights = mask.unsqueeze(-1) / mask.sum(1).clamp_min(1)[:, None, None]
        return states, (states * weights).sum(1)

    def _biases(self, batch: Batch) -> list[Tensor | None]:
        """What is added to each layer's scores: the padding's mask and the distances' share."""
        mask = batch.input_mask
        closed = None if mask.all() else additive_mask(mask)[:, None, None, :]
        if self.distances is None:
            return [closed] * len(self.layers)
        near = mix_channels(self.distances, distance_features(batch.inputs))
        shares = near.chunk(len(self.layers), 1)
        return [share if closed is None else share + closed for share in shares]


class Encoder(nn.Module):
    """Any encoder behind one face: `Batch` in, `Memory` out."""

    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__()
        kind = TransformerEncoder if config.kind == "transformer" else RecurrentEncoder
        self.network = kind(config, spec, width, dropout)

    def forward(self, batch: Batch) -> Memory:
        states, summary = self.network(batch)
        return Memory(
            states,
            batch.input_mask,
            summary.to(states.dtype),
            batch.inputs if batch.inputs.is_floating_point() else None,
            None if batch.input_mask.all() else additive_mask(batch.input_mask).unsqueeze(1),
        )
