"""What every head gives: scores over choices, and what is told of choices that were made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from torch import Tensor, nn

from ptrnet_suite.model.interfaces import ChoiceEmbeddings, DecoderInputs, DecoderOutput, Memory
from ptrnet_suite.model.layers.relations import ChoiceHistory


class Head(nn.Module, ABC):
    """Scores `(batch, time, choices)` and the cues of the next choice."""

    @abstractmethod
    def num_choices(self, memory: Memory) -> int:
        """Number of choices, END included."""

    @abstractmethod
    def prepare(self, memory: Memory) -> Tensor:
        """What is projected once per memory."""

    @abstractmethod
    def sight(self, memory: Memory) -> ChoiceEmbeddings:
        """What is looked up of each choice."""

    def see(
        self,
        cues: DecoderInputs,
        trail: ChoiceHistory,
        allowed: Tensor,
        memory: Memory,
        sight: ChoiceEmbeddings,
        relating: Sequence[Tensor],
    ) -> DecoderInputs:
        """The cues, and what is seen of the choices `allowed (batch, time, choices)`.

        relating: the decoder's weights for that, one tensor for each look at the memory.
        """
        return cues

    @abstractmethod
    def forward(
        self, made: DecoderOutput, cues: DecoderInputs, memory: Memory, prepared: Tensor
    ) -> Tensor:
        """Logits of the queries of `made`, not yet masked by the constraint."""
