"""A model as searches see it, whichever it is."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from jaxtyping import Bool, Float, Int
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.interfaces import Decoding, Memory


@runtime_checkable
class EncodedBatch(Protocol):
    """A batch as some model has read it; that model alone knows what else it holds."""

    @property
    def memory(self) -> Memory:
        """The inputs' positions."""


@runtime_checkable
class AutoregressiveModel(Protocol):
    """A model as searches see it: one network, several together, or a view of either.

    encoded: an `EncodedBatch`, as the model's own `encode` gives it.
    """

    def encode(self, batch: Batch) -> Any:
        """Reads a batch once."""

    def num_choices(self, encoded: Any) -> int:
        """Number of choices at every step."""

    def start(self, encoded: Any) -> Decoding:
        """One hypothesis per instance, nothing chosen yet."""

    def step(
        self, encoded: Any, decoding: Decoding, allowed: Bool[Tensor, "rows choices"]
    ) -> tuple[Float[Tensor, "rows choices"], Decoding]:
        """Log-probabilities of the next choice, and the new states.

        rows: instances times hypotheses, all hypotheses of an instance together.
        """

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

    def narrow(self, encoded: Any, instances: Int[Tensor, " instances"]) -> Any:
        """The encoded batch of some instances alone, for `step` to go on with."""
