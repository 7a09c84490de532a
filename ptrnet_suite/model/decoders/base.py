"""What every decoder is told and gives: what was chosen so far, to the query for the next choice.

Every decoder has two faces that must agree: `forward` sees a whole given sequence, in one pass
over time wherever the decoder allows it; `step` makes one step for many hypotheses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor, nn

from ptrnet_suite.model.interfaces import (
    DecoderInputs,
    DecoderOutput,
    DecoderTables,
    Memory,
    Prepared,
    State,
)
from ptrnet_suite.model.layers.embedding_table import EmbeddingTable


class Decoder(nn.Module, ABC):
    """Makes queries `(batch, time, width)`."""

    remembers: ClassVar[bool] = True
    """Whether a query depends on earlier steps beyond what its cues tell."""

    @property
    def relating(self) -> list[Tensor]:
        """Weights `(heads, hidden)` by which each look at the memory sees relations."""
        return []

    def tell(self, choices: EmbeddingTable, memory: Memory) -> DecoderTables:
        """What it is told of embedded choices."""
        return DecoderTables(choices, choices, memory.summary)

    @abstractmethod
    def prepare(self, memory: Memory) -> Prepared:
        """Projections of the memory that every step uses."""

    @abstractmethod
    def start(self, memory: Memory) -> State:
        """State before the first step, one row per instance."""

    @abstractmethod
    def forward(self, cues: DecoderInputs, memory: Memory, prepared: Prepared) -> DecoderOutput:
        """All steps of a whole sequence."""

    @abstractmethod
    def step(
        self, cues: DecoderInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        """The next step of every hypothesis."""
