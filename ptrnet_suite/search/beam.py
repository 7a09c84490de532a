"""Beam search, batched over instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ptrnet_suite.search.base import Hypotheses, Problem, Search, lengths_of
from ptrnet_suite.search.frontier import NEVER, Frontier, begin, expand

SMALLEST = 1e-30
"""Attention below which an input counts as if it had got this much."""


class Finished(NamedTuple):
    """The best complete hypotheses so far, best first.

    scores, total: `(batch, kept)`, minus infinity where there are fewer; choices: `(batch, kept,
    limit)`.
    """

    scores: Tensor
    total: Tensor
    choices: Tensor

    def joined(self, scores: Tensor, total: Tensor, choices: Tensor) -> Finished:
        """The best of these and some more."""
        kept, longer = self.scores.shape[1], self.choices.shape[2] - choices.shape[2]
        choices = nn.functional.pad(choices, (0, longer))
        both = torch.cat([self.scores, scores], 1)
        merged, order = both.sort(dim=1, descending=True, stable=True)
        order = order[:, :kept]
        together = torch.cat([self.choices, choices], 1)
        places = order.unsqueeze(2).expand(-1, -1, together.shape[2])
        return Finished(
            merged[:, :kept],
            torch.cat([self.total, total], 1).gather(1, order),
            together.gather(1, places),
        )


@dataclass(frozen=True)
class Beam(Search):
    """Keeps the `width` best unfinished hypotheses at every step, and the `width` best finished.

    Finished hypotheses are ranked by log P / ((5 + length) / 6)^length_penalty + coverage_penalty
    * sum over the inputs of log(min(attention, 1)), where the length and the attention that an
    input got count END's step (Wu et al. 2016, eq. 14), and in the end by the task's cost where it
    has one. An instance is done when none of its unfinished hypotheses could still enter its
    `n_best` finished ones (0: any): log P only falls, and no logarithm of at most 1 is above 0
    however much attention is still to come, so none ends above its log P divided by the penalty of
    the longest answer (Huang et al. 2017, section 3). Raises InputError for a coverage penalty of
    a model that does not attend to its inputs.
    """

    width: int = 8
    length_penalty: float = 0.0
    n_best: int = 0
    coverage_penalty: float = 0.0

    def hypotheses_at(self, size: int) -> int:
        return self.width

    def find(self, problem: Problem) -> Hypotheses:
        encoded, frontier = begin(problem)
        if self.coverage_penalty:
            nothing = torch.zeros_like(problem.batch.input_mask, dtype=torch.float)
            decoding = frontier.decoding._replace(attended=nothing)
            frontier = frontier._replace(decoding=decoding)
        limit, size = problem.constraint.limit(problem.batch), problem.batch.size
        none = torch.full((size, self.width), NEVER, device=frontier.total.device)
        finished = Finished(none, none, frontier.choices.new_zeros(size, self.width, limit))
        kept = min(self.n_best or self.width, self.width)
        steps, longest = 0, frontier.progress.left
        while steps < limit and bool(frontier.total.isfinite().any()):
            steps += 1
            children, frontier = expand(problem, encoded, frontier)
            frontier, finished = self._sort_out(
                problem, frontier, finished, children.flatten(1), steps == limit
            )
            reachable = frontier.total.amax(1) / self._penalty(longest)
            done = finished.scores[:, kept - 1] >= reachable
            frontier = frontier._replace(total=frontier.total.masked_fill(done[:, None], NEVER))
        choices = finished.choices[:, :, :steps]
        lengths = lengths_of(choices, problem.constraint, problem.batch)
        found = Hypotheses(choices, finished.total, lengths, finished.scores)
        return found.ranked(problem).first(kept)

    def _penalty(self, length: Tensor) -> Tensor:
        return ((5 + length) / 6) ** self.length_penalty

    def _coverage(self, problem: Problem, attended: Tensor) -> Tensor:
        """What inputs that got too little attention cost, `(batch, hypotheses)`.

        attended: `(batch, hypotheses, positions)`.
        """
        # An input that was closed throughout got none at all, which is no reason to refuse.
        missing = attended.clamp(SMALLEST, 1).log() * problem.batch.input_mask.unsqueeze(1)
        return self.coverage_penalty * missing.sum(2)

    def _sort_out(
        self, problem: Problem, frontier: Frontier, finished: Finished, totals: Tensor, last: bool
    ) -> tuple[Frontier, Finished]:
        """Best children: those that ended to the finished ones, the others to the frontier."""
        constraint, choices = problem.constraint, frontier.progress.free.shape[1]
        # At most one child of each hypothesis ends, so twice the width leaves enough to go on.
        total, children = totals.topk(min(2 * self.width, totals.shape[1]), 1)
        rows, choice = frontier.rows(children // choices), children % choices
        ended = frontier.advanced(constraint, rows, choice.flatten()).ended.view_as(children)
        ended = ended | last
        ending = ended[:, : self.width]
        if bool(ending.any()):
            past = frontier.choices.flatten(0, 1)[rows].view(*children.shape, -1)
            whole = torch.cat([past, choice.unsqueeze(2)], 2)[:, : self.width]
            closed = total[:, : self.width].masked_fill(~ending, NEVER)
            length = torch.tensor(whole.shape[2], device=closed.device)
            scores = closed / self._penalty(length)
            if frontier.decoding.attended is not None:
                seen = frontier.decoding.attended[rows].view(*children.shape, -1)
                scores = scores + self._coverage(problem, seen[:, : self.width])
            finished = finished.joined(scores, closed, whole)
        going = total.masked_fill(ended, NEVER)
        total, order = going.topk(min(self.width, going.shape[1]), 1)
        return frontier.follow(constraint, children.gather(1, order), total), finished
