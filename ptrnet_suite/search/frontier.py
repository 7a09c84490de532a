"""Hypotheses under way, side by side: what the searches that follow many of them share."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ptrnet_suite.model.interfaces import Decoding, Encoded
from ptrnet_suite.search.base import Hypotheses, Problem, lengths_of
from ptrnet_suite.task.constraints import Constraint, ConstraintState

NEVER = float("-inf")


class Frontier(NamedTuple):
    """Some hypotheses of every instance, all after equally many steps.

    decoding and progress have one row each; total: `(batch, width)` log-probabilities, minus
    infinity where a place is empty; choices: `(batch, width, time)`.
    """

    decoding: Decoding
    progress: ConstraintState
    total: Tensor
    choices: Tensor

    @property
    def ended(self) -> Tensor:
        """Which are complete, `(batch, width)`."""
        return self.progress.ended.view_as(self.total)

    @property
    def over(self) -> bool:
        """Whether nothing is left to extend."""
        return not bool((self.total.isfinite() & ~self.ended).any())

    def rows(self, origin: Tensor, instances: Tensor | None = None) -> Tensor:
        """Row of each hypothesis `origin (instances, kept)`; of all instances where not named."""
        batch, width = self.total.shape
        if instances is None:
            instances = torch.arange(batch, device=origin.device)
        return (instances.unsqueeze(1) * width + origin).flatten()

    def progress_of(self, rows: Tensor) -> ConstraintState:
        """Progress of some hypotheses."""
        return self.progress.select(rows)

    def past(self, rows: Tensor) -> Tensor:
        """Choices `(rows, time)` of some hypotheses."""
        return self.choices.flatten(0, 1)[rows]

    def follow(
        self,
        constraint: Constraint,
        children: Tensor,
        total: Tensor,
        instances: Tensor | None = None,
    ) -> Frontier:
        """The frontier of `children (instances, kept)`, numbered hypothesis by hypothesis.

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

    def kept(self, order: Tensor, instances: Tensor | None = None) -> Frontier:
        """The frontier of the hypotheses `order (instances, kept)` alone."""
        rows = self.rows(order, instances)
        return Frontier(
            self.decoding.select(rows),
            self.progress_of(rows),
            self.total.flatten()[rows].view_as(order),
            self.past(rows).view(*order.shape, -1),
        )

    def hypotheses(self, problem: Problem) -> Hypotheses:
        """The answers as they stand."""
        lengths = lengths_of(self.choices, problem.constraint, problem.batch)
        return Hypotheses(self.choices, self.total, lengths)


def begin(problem: Problem) -> tuple[Encoded, Frontier]:
    """The encoded batch, and one hypothesis of every instance, with nothing chosen yet."""
    encoded, batch = problem.model.encode(problem.batch), problem.batch
    return encoded, Frontier(
        problem.model.start(encoded),
        problem.constraint.start(batch, problem.model.num_choices(encoded)),
        torch.zeros(batch.size, 1, device=batch.inputs.device),
        batch.inputs.new_zeros(batch.size, 1, 0, dtype=torch.long),
    )


def expand(problem: Problem, encoded: Encoded, frontier: Frontier) -> tuple[Tensor, Frontier]:
    """Log-probabilities of all children, `(batch, width, choices)`, and the frontier to follow.

    A hypothesis that has ended has one child, itself.
    """
    allowed = problem.constraint.allowed(frontier.progress)
    scores, decoding = problem.model.step(encoded, frontier.decoding, allowed)
    children = frontier.total.unsqueeze(2) + scores.view(*frontier.total.shape, -1)
    return children, frontier._replace(decoding=decoding)


def expand_to(
    problem: Problem, encoded: Encoded, frontier: Frontier, count: int
) -> tuple[Tensor, Tensor, Frontier]:
    """The `count` most probable children of each hypothesis, and the frontier to follow.

    Their log-probabilities and their numbers, hypothesis by hypothesis, both `(batch, width *
    count)`. Hypotheses that have ended must have no chance any more.
    """
    free = problem.constraint.unrestricted
    allowed = None if free else problem.constraint.allowed(frontier.progress)
    scores, found, decoding = problem.model.step_topk(encoded, frontier.decoding, allowed, count)
    batch, width = frontier.total.shape
    total = frontier.total.unsqueeze(2) + scores.view(batch, width, -1)
    choices = frontier.progress.open.shape[1]
    own = torch.arange(width, device=found.device).unsqueeze(1) * choices
    children = own + found.view(batch, width, -1)
    return total.flatten(1), children.flatten(1), frontier._replace(decoding=decoding)


def complete(problem: Problem, encoded: Encoded, frontier: Frontier) -> Frontier:
    """Every hypothesis to its end by the most probable choice at each step."""
    limit = problem.constraint.limit(problem.batch)
    while frontier.choices.shape[2] < limit and not frontier.over:
        children, frontier = expand(problem, encoded, frontier)
        total, choice = children.max(2)
        width, choices = children.shape[1:]
        own = torch.arange(width, device=choice.device) * choices
        frontier = frontier.follow(problem.constraint, own + choice, total)
    return frontier
