"""What every search takes and gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.model.interfaces import AutoregressiveModel
from ptrnet_suite.task.constraints import Constraint

Cost = Callable[[Batch, Tensor], Tensor | None]
"""`Task.cost`: choices `(batch, hypotheses, time)` to costs `(batch, hypotheses)`, or None."""

Symmetries = Callable[[Batch], list[Batch] | None]
"""`Task.symmetries`: views of a batch in which every answer costs the same, or None."""


class Problem(NamedTuple):
    """What is decoded and how answers are judged.

    generator: makes sampling repeatable. cost: ranks answers by what the task wants instead of by
    probability. symmetries: other views of the batch.
    """

    model: AutoregressiveModel
    batch: Batch
    constraint: Constraint
    generator: torch.Generator | None = None
    cost: Cost | None = None
    symmetries: Symmetries | None = None


class Hypotheses(NamedTuple):
    """Answers in the model's words, best first.

    choices: `(batch, hypotheses, time)`, padded with 0 after the end; log_probabilities:
    `(batch, hypotheses)`, minus infinity where there are fewer answers; lengths: `(batch,
    hypotheses)` choices without END. scores: `(batch, hypotheses)`, what the search went by where
    that is not the log-probability. perturbed: `(batch, hypotheses)` log-probabilities with Gumbel
    noise, of a sample without replacement. proved: `(batch,)`, whether no answer at all is more
    probable than the most probable one here, where the search set out to prove it.
    """

    choices: Tensor
    log_probabilities: Tensor
    lengths: Tensor
    scores: Tensor | None = None
    perturbed: Tensor | None = None
    proved: Tensor | None = None

    def _each(self, change: Callable[[Tensor], Tensor]) -> Hypotheses:
        """The same with `change` made to everything that has one entry for each hypothesis."""
        parts = self._replace(proved=None)._asdict().items()
        return self._replace(**{name: change(part) for name, part in parts if part is not None})

    def order_by(self, key: Tensor) -> Hypotheses:
        """The same hypotheses, smallest `key (batch, hypotheses)` first; ties keep their order."""
        order = key.argsort(stable=True, dim=1)
        rows = torch.arange(len(order), device=order.device).unsqueeze(1)
        return self._each(lambda part: part[rows, order])

    def first(self, count: int) -> Hypotheses:
        """The first `count` of every instance."""
        return self._each(lambda part: part[:, :count])

    def regrouped(self, batch: int) -> Hypotheses:
        """Those of `batch` instances, whose copies lie together in this one."""
        found = self._each(lambda part: part.reshape(batch, -1, *part.shape[2:]))
        return found._replace(
            proved=None if self.proved is None else self.proved.view(batch, -1).all(1)
        )

    def price(self, problem: Problem) -> Tensor:
        """What is wanted small, `(batch, hypotheses)`; infinite where there is no answer.

        The task's cost where it has one, else the score's or the log-probability's negative.
        """
        cost = None if problem.cost is None else problem.cost(problem.batch, self.choices)
        if cost is None:
            cost = -(self.log_probabilities if self.scores is None else self.scores)
        return cost.masked_fill(~self.log_probabilities.isfinite(), float("inf"))

    def ranked(self, problem: Problem) -> Hypotheses:
        """The same hypotheses, the cheapest first."""
        return self.order_by(self.price(problem))


class Search(ABC):
    """A way to decode: model, batch and constraint in, hypotheses out."""

    def __call__(
        self,
        model: AutoregressiveModel,
        batch: Batch,
        constraint: Constraint,
        generator: torch.Generator | None = None,
        cost: Cost | None = None,
        symmetries: Symmetries | None = None,
    ) -> Hypotheses:
        """Hypotheses of every instance; `Problem` says what the arguments are."""
        return self.find(Problem(model, batch, constraint, generator, cost, symmetries))

    @abstractmethod
    def find(self, problem: Problem) -> Hypotheses:
        """Hypotheses of every instance, best first."""

    @property
    def learns(self) -> bool:
        """Whether it trains on the instances, which takes far longer than to answer them once."""
        return False

    def hypotheses_at(self, size: int) -> int:
        """How many hypotheses it follows at once for an input of `size` positions.

        Batches are made so that all of them fit into memory.
        """
        return 1


def side_by_side(parts: Sequence[Hypotheses]) -> Hypotheses:
    """All hypotheses that several searches found of the same instances."""
    longest = max(part.choices.shape[2] for part in parts)
    choices = [
        nn.functional.pad(part.choices, (0, longest - part.choices.shape[2])) for part in parts
    ]
    return Hypotheses(
        torch.cat(choices, 1),
        torch.cat([part.log_probabilities for part in parts], 1),
        torch.cat([part.lengths for part in parts], 1),
    )


def lengths_of(choices: Tensor, constraint: Constraint, batch: Batch) -> Tensor:
    """Choices without END, `(batch, hypotheses)`, of `choices (batch, hypotheses, time)`."""
    if not constraint.ends:
        return batch.input_mask.sum(1, keepdim=True).expand(choices.shape[:2])
    return ((choices == END).cumsum(2) == 0).sum(2)
