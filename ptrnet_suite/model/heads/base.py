"""The head of a model: queries to scores over choices, and choices back to embeddings."""

from __future__ import annotations

from abc import ABC, abstractmethod

from jaxtyping import Bool, Float
from torch import Tensor, nn

from ptrnet_suite.model.interfaces import HeadInputs, Memory
from ptrnet_suite.model.layers.embedding_table import EmbeddingTable


class Head(nn.Module, ABC):
    """Scores of queries over the choices, and embeddings of the choices."""

    wants_first: bool = False
    """Whether its inputs must hold the first choice, embedded."""

    @abstractmethod
    def num_choices(self, memory: Memory) -> int:
        """Number of choices, END included."""

    def missing(self, memory: Memory) -> Bool[Tensor, "batch choices"] | None:
        """Choices that an instance does not have, such as padding; None where all have all."""
        return None

    @abstractmethod
    def prepare(self, memory: Memory) -> Float[Tensor, "batch ..."]:
        """Projections of the memory, made once."""

    @abstractmethod
    def embeddings(self, memory: Memory) -> EmbeddingTable:
        """All choices, embedded."""

    @abstractmethod
    def forward(
        self, inputs: HeadInputs, memory: Memory, prepared: Float[Tensor, "batch ..."]
    ) -> Float[Tensor, "batch time choices"]:
        """Logits, not yet masked by the constraint."""
