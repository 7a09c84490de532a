"""The encoder of a model: a batch in, the parts of a memory out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple, final

from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.config import EncoderConfig
from ptrnet_suite.task.spec import Spec


@final
class EncoderOutput(NamedTuple):
    """The parts of a `Memory` that an encoder makes."""

    states: Float[Tensor, "batch positions width"]
    mask: Bool[Tensor, "batch positions"]
    summary: Float[Tensor, "batch width"]


class EncoderNetwork(nn.Module, ABC):
    """One kind of encoder."""

    @abstractmethod
    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__()

    @abstractmethod
    def forward(self, batch: Batch) -> EncoderOutput:
        """Reads a batch."""


def mean_over(
    states: Float[Tensor, "batch positions features"], mask: Bool[Tensor, "batch positions"]
) -> Float[Tensor, "batch features"]:
    """Mean of the states where `mask` is True."""
    weights = mask.unsqueeze(-1) / mask.sum(1).clamp_min(1)[:, None, None]
    return (states * weights).sum(1)


@final
class InputEmbedding(nn.Module):
    """Embeds token ids or vectors."""

    def __init__(self, spec: Spec, width: int) -> None:
        super().__init__()
        self.embed: nn.Module = (
            nn.Embedding(spec.features, width)
            if spec.inputs == "tokens"
            else nn.Linear(spec.features, width)
        )

    def forward(
        self, inputs: Shaped[Tensor, "batch positions *features"]
    ) -> Float[Tensor, "batch positions width"]:
        embedded: Tensor = self.embed(inputs)
        return embedded
