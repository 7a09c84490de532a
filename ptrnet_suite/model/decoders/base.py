"""The decoder of a model: from what was chosen so far to the query for the next choice.

Every decoder has two methods that must agree: `forward` takes a whole given sequence, in one pass
over time wherever the decoder allows it; `step` makes one step for many hypotheses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import nn

from ptrnet_suite.model.config import DecoderConfig
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
    """Makes queries from embedded choices and the memory."""

    remembers: ClassVar[bool] = True
    """Whether a query depends on earlier steps beyond what its inputs hold."""

    biased_layers: int = 0
    """Attention layers that add `DecoderInputs.attention_biases` to their scores."""

    @abstractmethod
    def __init__(self, config: DecoderConfig, width: int, dropout: float) -> None:
        super().__init__()

    def tabulate(self, choices: EmbeddingTable, memory: Memory) -> DecoderTables:
        """Embedded choices as the decoder's inputs want them."""
        return DecoderTables(choices, choices, memory.summary)

    @abstractmethod
    def prepare(self, memory: Memory) -> Prepared:
        """Projections of the memory that every step uses."""

    @abstractmethod
    def start(self, memory: Memory) -> State:
        """State before the first step, one row per instance."""

    @abstractmethod
    def forward(self, inputs: DecoderInputs, memory: Memory, prepared: Prepared) -> DecoderOutput:
        """All steps of a whole sequence."""

    @abstractmethod
    def step(
        self, inputs: DecoderInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        """The next step of every hypothesis."""
