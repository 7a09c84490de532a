"""Models that are trained, stored and evaluated: one network, or several that answer together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.interfaces import Decoding
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
    def narrow(self, encoded: Any, instances: Tensor) -> Any:
        """What `step` needs to go on with `instances` alone."""

    @abstractmethod
    def start(self, encoded: Any) -> Decoding:
        """One hypothesis per instance, nothing chosen yet."""

    @abstractmethod
    def step(self, encoded: Any, decoding: Decoding, allowed: Tensor) -> tuple[Tensor, Decoding]:
        """Log-probabilities `(rows, choices)` of the next choice, and the new states.

        rows: instances times hypotheses, all hypotheses of an instance together; allowed:
        `(rows, choices)`. Raises InputError where attention is counted and there is none.
        """

    @abstractmethod
    def step_topk(
        self, encoded: Any, decoding: Decoding, allowed: Tensor | None, count: int
    ) -> tuple[Tensor, Tensor, Decoding]:
        """As `step`, of the `count` most probable choices alone, and these, `(rows, count)`.

        allowed: None where all choices are, which spares large vocabularies a mask.
        """

    @abstractmethod
    def along(self, encoded: Any, targets: Tensor, allowed: Tensor) -> Tensor:
        """Log-probabilities of every choice along given sequences.

        targets: `(rows, time)`, all sequences of an instance together; allowed: `(rows, time,
        choices)`; returns the shape of `allowed`.
        """

    @property
    @abstractmethod
    def castable(self) -> list[nn.Module]:
        """Layers whose weights may be held in low precision: what autocast computes with them."""

    @property
    def parameters_count(self) -> int:
        """Number of weights."""
        return sum(parameter.numel() for parameter in self.parameters())
