"""The interface of searches: a problem in, hypotheses out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor, nn

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.model.autoregressive import AutoregressiveModel
from ptrnet_suite.search.streams import Streams
from ptrnet_suite.task.constraint import Constraint

Cost = Callable[
    [Batch, Int[Tensor, "batch hypotheses time"]], Float[Tensor, "batch hypotheses"] | None
]
"""`Task.cost`: the costs of answers, or None."""

Symmetries = Callable[[Batch], list[Batch] | None]
"""`Task.symmetries`: views of a batch in which every answer costs the same, or None."""


@final
class Problem(NamedTuple):
    """A batch to decode, and how answers are judged.

    streams: the random numbers of each instance. cost: ranks answers by what the task wants instead
    of by probability. symmetries: other views of the batch.
    """

    model: AutoregressiveModel
    batch: Batch
    constraint: Constraint
    streams: Streams
    cost: Cost | None = None
    symmetries: Symmetries | None = None

    def repeated(self, count: int) -> Problem:
        """`count` copies of each instance, which lie together, without known answers."""
        rows = torch.arange(self.batch.size, device=self.batch.inputs.device)
        batch = self.batch.without_targets.rows(rows.repeat_interleave(count))
        return self._replace(batch=batch, streams=self.streams.spread(count))


@final
class Hypotheses(NamedTuple):
    """Answers as the model's choices, best first.

    choices: padded with 0 after the end; log_probabilities: minus infinity where there are fewer
    answers; lengths: choices without END. scores: what the search went by where that is not the
    log-probability. perturbed: log-probabilities with Gumbel noise, of a sample without
    replacement. proved: whether no answer at all is more probable than the most probable one here,
    where the search set out to prove it.
    """

    choices: Int[Tensor, "batch hypotheses time"]
    log_probabilities: Float[Tensor, "batch hypotheses"]
    lengths: Int[Tensor, "batch hypotheses"]
    scores: Float[Tensor, "batch hypotheses"] | None = None
    perturbed: Float[Tensor, "batch hypotheses"] | None = None
    proved: Bool[Tensor, " batch"] | None = None

    def _mapped(self, change: Callable[[Tensor], Tensor]) -> Hypotheses:
        """The same with `change` applied to all fields that have an entry for each hypothesis."""
        parts = self._replace(proved=None)._asdict().items()
        return self._replace(**{name: change(part) for name, part in parts if part is not None})

    def order_by(self, key: Shaped[Tensor, "batch hypotheses"]) -> Hypotheses:
        """The same hypotheses, smallest `key` first; ties keep their order."""
        order = key.argsort(stable=True, dim=1)
        rows = torch.arange(len(order), device=order.device).unsqueeze(1)
        return self._mapped(lambda part: part[rows, order])

    def first(self, count: int) -> Hypotheses:
        """The first `count` of every instance."""
        return self._mapped(lambda part: part[:, :count])

    def regrouped(self, batch: int) -> Hypotheses:
        """Those of `batch` instances, whose copies lie together in this one."""
        proved = None if self.proved is None else self.proved.view(batch, -1).all(1)
        regrouped = self._mapped(lambda part: part.reshape(batch, -1, *part.shape[2:]))
        return regrouped._replace(proved=proved)

    def price(self, problem: Problem) -> Float[Tensor, "batch hypotheses"]:
        """The task's cost where it has one, else the negative score or log-probability.

        Infinite where there is no answer.
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
        streams: Streams | None = None,
    ) -> Hypotheses:
        """Hypotheses of every instance; `Problem` says what the arguments are.

        generator: draws the seed of the instances' random numbers where no streams are given.
        """
        if streams is None:
            streams = Streams.drawn(generator, batch.size, batch.inputs.device)
        return self.find(Problem(model, batch, constraint, streams, cost, symmetries))

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


def lengths_of(
    choices: Int[Tensor, "batch hypotheses time"], constraint: Constraint, batch: Batch
) -> Int[Tensor, "batch hypotheses"]:
    """How many choices each answer has without END."""
    if not constraint.ends:
        return batch.input_mask.sum(1, keepdim=True).expand(choices.shape[:2])
    return ((choices == END).cumsum(2) == 0).sum(2)
