"""Hypotheses under way, side by side, for the searches that follow many of them."""

from __future__ import annotations

from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ptrnet_suite.model.autoregressive import EncodedBatch
from ptrnet_suite.model.interfaces import Decoding
from ptrnet_suite.search.base import Hypotheses, Problem, lengths_of
from ptrnet_suite.task.constraint import Constraint, ConstraintState

NEVER = float("-inf")


@final
class Frontier(NamedTuple):
    """Some hypotheses of every instance, all after equally many steps.

    decoding and progress have a row for each; total: log-probabilities, minus infinity where there
    are fewer hypotheses.
    """

    decoding: Decoding
    progress: ConstraintState
    total: Float[Tensor, "batch hypotheses"]
    choices: Int[Tensor, "batch hypotheses time"]

    @property
    def ended(self) -> Bool[Tensor, "batch hypotheses"]:
        """Which are complete."""
        return self.progress.ended.view_as(self.total)

    @property
    def over(self) -> bool:
        """Whether nothing is left to extend."""
        return not bool((self.total.isfinite() & ~self.ended).any())

    def rows(
        self,
        hypotheses: Int[Tensor, "instances selected"],
        instances: Int[Tensor, " instances"] | None = None,
    ) -> Int[Tensor, " rows"]:
        """Rows of some hypotheses of some instances, of all instances where none are named."""
        batch, count = self.total.shape
        if instances is None:
            instances = torch.arange(batch, device=hypotheses.device)
        return (instances.unsqueeze(1) * count + hypotheses).flatten()

    def progress_of(self, rows: Int[Tensor, " rows"]) -> ConstraintState:
        """Progress of some hypotheses."""
        return self.progress.select(rows)

    def past(self, rows: Int[Tensor, " rows"]) -> Int[Tensor, "rows time"]:
        """Choices of some hypotheses so far."""
        return self.choices.flatten(0, 1)[rows]

    def follow(
        self,
        constraint: Constraint,
        children: Int[Tensor, "instances selected"],
        total: Float[Tensor, "instances selected"],
        instances: Int[Tensor, " instances"] | None = None,
    ) -> Frontier:
        """The frontier of some children, numbered hypothesis by hypothesis.

        total: their log-probabilities. instances: whose children they are, where not all go on.
        """
        choices = self.progress.open.shape[1]
        rows = self.rows(children // choices, instances)
        choice = children % choices
        past = self.past(rows).view(*children.shape, -1)
        return Frontier(
            self.decoding.select(rows).advance(choice.flatten()),
            constraint.advance(self.progress_of(rows), choice.flatten()),
            total,
            torch.cat([past, choice.unsqueeze(2)], 2),
        )

    def select(
        self,
        hypotheses: Int[Tensor, "instances selected"],
        instances: Int[Tensor, " instances"] | None = None,
    ) -> Frontier:
        """The frontier of some hypotheses alone, in that order."""
        rows = self.rows(hypotheses, instances)
        return Frontier(
            self.decoding.select(rows),
            self.progress_of(rows),
            self.total.flatten()[rows].view_as(hypotheses),
            self.past(rows).view(*hypotheses.shape, -1),
        )

    def hypotheses(self, problem: Problem) -> Hypotheses:
        """The answers as they stand."""
        lengths = lengths_of(self.choices, problem.constraint, problem.batch)
        return Hypotheses(self.choices, self.total, lengths)


def begin(problem: Problem) -> tuple[EncodedBatch, Frontier]:
    """The encoded batch, and one hypothesis of every instance, with nothing chosen yet."""
    encoded, batch = problem.model.encode(problem.batch), problem.batch
    return encoded, Frontier(
        problem.model.start(encoded),
        problem.constraint.start(batch, problem.model.num_choices(encoded)),
        torch.zeros(batch.size, 1, device=batch.inputs.device),
        batch.inputs.new_zeros(batch.size, 1, 0, dtype=torch.long),
    )


def expand(
    problem: Problem, encoded: EncodedBatch, frontier: Frontier
) -> tuple[Float[Tensor, "batch hypotheses choices"], Frontier]:
    """Log-probabilities of all children, and the frontier to follow.

    A hypothesis that has ended has one child, itself.
    """
    allowed = problem.constraint.allowed(frontier.progress)
    scores, decoding = problem.model.step(encoded, frontier.decoding, allowed)
    children = frontier.total.unsqueeze(2) + scores.view(*frontier.total.shape, -1)
    return children, frontier._replace(decoding=decoding)


def expand_to(
    problem: Problem, encoded: EncodedBatch, frontier: Frontier, count: int
) -> tuple[Float[Tensor, "batch children"], Int[Tensor, "batch children"], Frontier]:
    """The `count` most probable children of each hypothesis, and the frontier to follow.

    Of the children their log-probabilities and their numbers, hypothesis by hypothesis. Hypotheses
    that have ended must have a probability of 0.
    """
    free = problem.constraint.unrestricted
    allowed = None if free else problem.constraint.allowed(frontier.progress)
    scores, choice, decoding = problem.model.step_topk(encoded, frontier.decoding, allowed, count)
    batch, width = frontier.total.shape
    total = frontier.total.unsqueeze(2) + scores.view(batch, width, -1)
    choices = frontier.progress.open.shape[1]
    begins = torch.arange(width, device=choice.device).unsqueeze(1) * choices
    children = begins + choice.view(batch, width, -1)
    return total.flatten(1), children.flatten(1), frontier._replace(decoding=decoding)


def complete(problem: Problem, encoded: EncodedBatch, frontier: Frontier) -> Frontier:
    """Every hypothesis to its end by the most probable choice at each step."""
    limit = problem.constraint.limit(problem.batch)
    while frontier.choices.shape[2] < limit and not frontier.over:
        children, frontier = expand(problem, encoded, frontier)
        total, choice = children.max(2)
        width, choices = children.shape[1:]
        begins = torch.arange(width, device=choice.device) * choices
        frontier = frontier.follow(problem.constraint, begins + choice, total)
    return frontier
