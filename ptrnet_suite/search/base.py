"""What every search takes and gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ptrnet_suite.constraints import Constraint
from ptrnet_suite.data import END, Batch
from ptrnet_suite.model import Seq2Seq

Cost = Callable[[Batch, Tensor], Tensor | None]
"""`Task.cost`: choices `(batch, hypotheses, time)` to costs `(batch, hypotheses)`, or None."""


class Hypotheses(NamedTuple):
    """Answers in the model's words, best first.

    choices: `(batch, hypotheses, time)`, padded with 0 after the end; log_probabilities:
    `(batch, hypotheses)`; lengths: `(batch, hypotheses)` choices without END.
    """

    choices: Tensor
    log_probabilities: Tensor
    lengths: Tensor

    def order_by(self, key: Tensor) -> Hypotheses:
        """The same hypotheses, smallest `key (batch, hypotheses)` first; ties keep their order."""
        order = key.argsort(stable=True, dim=1)
        choices = self.choices.gather(1, order.unsqueeze(2).expand_as(self.choices))
        return Hypotheses(
            choices, self.log_probabilities.gather(1, order), self.lengths.gather(1, order)
        )


class Search(ABC):
    """A way to decode: model, batch and constraint in, hypotheses out."""

    @property
    def hypotheses(self) -> int:
        """How many hypotheses of an instance it follows at once, for the choice of batch sizes."""
        return 1

    @abstractmethod
    def __call__(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        generator: torch.Generator | None = None,
        cost: Cost | None = None,
    ) -> Hypotheses:
        """Hypotheses of every instance; `generator` makes sampling repeatable, `cost` ranks
        samples by what the task wants instead of by probability.
        """


def lengths_of(choices: Tensor, constraint: Constraint, batch: Batch) -> Tensor:
    """Choices without END, `(batch, hypotheses)`, of `choices (batch, hypotheses, time)`."""
    if not constraint.ends:
        return batch.input_mask.sum(1, keepdim=True).expand(choices.shape[:2])
    return ((choices == END).cumsum(2) == 0).sum(2)
