"""What every encoder is told and leaves behind."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from ptrnet_suite.data.instances import Batch
from ptrnet_suite.task.base import Spec


@dataclass(frozen=True)
class EncoderConfig:
    """How inputs are read."""

    kind: Literal["transformer", "lstm", "gru", "cnn"] = "transformer"
    """transformer, lstm, gru, or for images cnn"""
    layers: int = 3
    """number of layers; for a cnn, of convolutions in each stage"""
    heads: int = 4
    """attention heads of a transformer layer"""
    feedforward: int = 4
    """hidden width of a transformer layer's feed-forward part, in multiples of the width"""
    bidirectional: bool = True
    """whether a recurrent encoder reads both ways"""
    positions: Literal["none", "sinusoidal"] = "none"
    """position code of a transformer or a cnn; none makes a transformer indifferent to the order of
    the inputs, and leaves a cnn's decoder to know places by what is seen there"""
    distances: bool = False
    """whether self-attention sees the distance between input vectors"""
    channels: list[int] = field(default_factory=lambda: [32, 64])
    """channels of each stage of a cnn; every stage halves an image's height and width"""


class Memory(NamedTuple):
    """What the encoder leaves for the decoder.

    states: `(batch, positions, width)`; mask: `(batch, positions)`; summary: `(batch, width)`;
    vectors: `(batch, positions, features)` where the inputs are vectors, else None;
    closed: `mask` as an additive mask, `(batch, 1, positions)`, or None where nothing is padded;
    copies: as in `Batch`.

    Positions are those of the inputs, and of an image the cells of its grid (see `grid_of`).
    """

    states: Tensor
    mask: Tensor
    summary: Tensor
    vectors: Tensor | None
    closed: Tensor | None
    copies: Tensor | None = None


class Reading(NamedTuple):
    """What an encoder makes of a batch: see `Memory`."""

    states: Tensor
    mask: Tensor
    summary: Tensor


class Network(nn.Module, ABC):
    """One kind of encoder."""

    @abstractmethod
    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__()

    @abstractmethod
    def forward(self, batch: Batch) -> Reading:
        """Reads a batch."""


def sinusoids(positions: Tensor, width: int) -> Tensor:
    """Position codes `(..., width)` of `positions (...)` (Vaswani et al. 2017, section 3.5)."""
    rates = torch.exp(
        torch.arange(0, width, 2, device=positions.device) * (-math.log(10000.0) / width)
    )
    angles = positions.unsqueeze(-1).float() * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)


def mean_over(states: Tensor, mask: Tensor) -> Tensor:
    """Mean of `states (batch, positions, width)` where `mask (batch, positions)`."""
    weights = mask.unsqueeze(-1) / mask.sum(1).clamp_min(1)[:, None, None]
    return (states * weights).sum(1)


class InputEmbedding(nn.Module):
    """Token ids, vectors or columns of pixels to `(batch, positions, width)`."""

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
