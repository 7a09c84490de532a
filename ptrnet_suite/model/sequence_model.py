"""Models that are trained, stored and evaluated: one network, or several that answer together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.interfaces import FLOAT, Decoding
from ptrnet_suite.task.spec import Spec


class SequenceModel(nn.Module, ABC):
    """An `AutoregressiveModel` with weights, which also scores whole sequences in one pass."""

    spec: Spec
    """Inputs and outputs of the task that it was made for."""

    @abstractmethod
    def encode(self, batch: Batch) -> Any:
        """Reads a batch once; everything later uses this."""

    @abstractmethod
    def num_choices(self, encoded: Any) -> int:
        """Number of choices at every step."""

    @abstractmethod
    def num_choices_of(self, batch: Batch) -> int:
        """Number of choices at every step, before encoding."""

    @abstractmethod
    def narrow(self, encoded: Any, instances: Int[Tensor, " instances"]) -> Any:
        """The encoded batch of some instances alone, for `step` to go on with."""

    @abstractmethod
    def start(self, encoded: Any) -> Decoding:
        """One hypothesis per instance, nothing chosen yet."""

    @abstractmethod
    def step(
        self, encoded: Any, decoding: Decoding, allowed: Bool[Tensor, "rows choices"]
    ) -> tuple[Float[Tensor, "rows choices"], Decoding]:
        """Log-probabilities of the next choice, and the new states.

        rows: instances times hypotheses, all hypotheses of an instance together. Raises InputError
        where attention is counted and there is none.
        """

    @abstractmethod
    def step_topk(
        self,
        encoded: Any,
        decoding: Decoding,
        allowed: Bool[Tensor, "rows choices"] | None,
        count: int,
    ) -> tuple[Float[Tensor, "rows largest"], Int[Tensor, "rows largest"], Decoding]:
        """As `step`, of the `count` most probable choices alone, and these choices.

        allowed: None where all choices are, which spares large vocabularies a mask.
        """

    @abstractmethod
    def along(
        self,
        encoded: Any,
        targets: Int[Tensor, "rows time"],
        allowed: Bool[Tensor, "rows time choices"],
    ) -> Float[Tensor, "rows time choices"]:
        """Log-probabilities of every choice along given sequences.

        rows: all sequences of an instance together.
        """

    def decoding_bytes(self, instances: int, positions: int, rows: int) -> float:
        """How many bytes decoding takes at least, beyond the weights.

        instances: decoded together, of `positions` inputs each; rows: their hypotheses together.
        """
        return float(FLOAT * rows * positions)

    @property
    @abstractmethod
    def castable(self) -> list[nn.Module]:
        """Layers whose weights may be held in low precision: those that autocast computes in it."""

    @property
    def parameters_count(self) -> int:
        """Number of weights."""
        return sum(parameter.numel() for parameter in self.parameters())
