"""What every head gives: scores over choices, and what is told of choices that were made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from ptrnet_suite.model.decoders import Cues, Step
from ptrnet_suite.model.encoders import Memory
from ptrnet_suite.model.interfaces import Sight
from ptrnet_suite.model.layers.relations import Trail


@dataclass(frozen=True)
class HeadConfig:
    """How choices are scored."""

    score: Literal["dot", "general", "concat", "location", "scaled_dot"] = "scaled_dot"
    """score of a pointer head; the same ones serve attention"""
    relations: int = 0
    """hidden width of what a pointer sees between input vectors; 0 turns it off"""
    crowding: bool = False
    """whether these relations tell how many open positions are left around each candidate"""
    gain: float = 1.0
    """gain of the relations' share of a logit; where neighbours may differ by a thousandth of a
    turn, an optimiser's small steps grow the weights that tell them apart too slowly without it"""
    clip: float = 0.0
    """logits are clip * tanh(score) (Bello et al. 2016, eq. 16); 0 turns it off"""
    tied: bool = False
    """whether a vocabulary's output weights are its embeddings (Press & Wolf 2017)"""


class Head(nn.Module, ABC):
    """Scores `(batch, time, choices)` and the cues of the next choice."""

    @abstractmethod
    def choices(self, memory: Memory) -> int:
        """Number of choices, END included."""

    @abstractmethod
    def prepare(self, memory: Memory) -> Tensor:
        """What is projected once per memory."""

    @abstractmethod
    def sight(self, memory: Memory) -> Sight:
        """What is looked up of each choice."""

    def see(
        self,
        cues: Cues,
        trail: Trail,
        allowed: Tensor,
        memory: Memory,
        sight: Sight,
        relating: Sequence[Tensor],
    ) -> Cues:
        """The cues, and what is seen of the choices `allowed (batch, time, choices)`.

        relating: the decoder's weights for that, one tensor for each look at the memory.
        """
        return cues

    @abstractmethod
    def forward(self, made: Step, cues: Cues, memory: Memory, prepared: Tensor) -> Tensor:
        """Logits of the queries of `made`, not yet masked by the constraint."""
