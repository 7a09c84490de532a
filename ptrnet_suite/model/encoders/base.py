"""What every encoder is told and leaves behind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.config import EncoderConfig
from ptrnet_suite.task.spec import Spec


class EncoderOutput(NamedTuple):
    """What an encoder makes of a batch: see `Memory`."""

    states: Tensor
    mask: Tensor
    summary: Tensor


class EncoderNetwork(nn.Module, ABC):
    """One kind of encoder."""

    @abstractmethod
    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__()

    @abstractmethod
    def forward(self, batch: Batch) -> EncoderOutput:
        """Reads a batch."""


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
