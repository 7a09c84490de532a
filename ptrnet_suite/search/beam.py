"""Beam search, batched over instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ptrnet_suite.model.interfaces import Encoded
from ptrnet_suite.search.base import Hypotheses, Problem, Search, lengths_of
from ptrnet_suite.search.frontier import NEVER, Frontier, begin, expand_to
from ptrnet_suite.search.options import BeamOptions

SMALLEST = 1e-30
"""Attention below which an input counts as if it had got this much."""

STAYING = 0.75
"""Share of the instances under way that must go on, or else those that are done are left out."""


class Finished(NamedTuple):
    """The best complete hypotheses so far, best first.

    scores, total: `(batch, kept)`, minus infinity where there are fewer; choices: `(batch, kept,
    time)`.
    """

    scores: Tensor
    total: Tensor
    choices: Tensor

    def joined(self, scores: Tensor, total: Tensor, choices: Tensor) -> Finished:
        """The best of these and some more, which are no shorter."""
        kept, longer = self.scores.shape[1], choices.shape[2] - self.choices.shape[2]
        together = torch.cat([nn.functional.pad(self.choices, (0, longer)), choices], 1)
        both = torch.cat([self.scores, scores], 1)
        merged, order = both.sort(dim=1, descending=True, stable=True)
        order = order[:, :kept]
        return Finished(
            merged[:, :kept],
            torch.cat([self.total, total], 1).gather(1, order),
            together.gather(1, order.unsqueeze(2).expand(-1, -1, together.shape[2])),
        )


class ActiveInstances(NamedTuple):
    """Instances that are under way together.

    instances: `(some,)`, their places in the batch; longest: `(some,)`, most choices of an answer.
    """

    instances: Tensor
    longest: Tensor
    encoded: Encoded
    frontier: Frontier
    finished: Finished

    def without_done(self, going: Tensor, problem: Problem, encoded: Encoded) -> ActiveInstances:
        """Those that are `going (some,)`; encoded: of the whole batch."""
        some = going.nonzero().squeeze(1)
        everyone = torch.arange(self.frontier.total.shape[1], device=some.device)
        instances = self.instances[some]
        return ActiveInstances(
            instances,
            self.longest[some],
            problem.model.narrow(encoded, instances),
            self.frontier.kept(everyone.expand(len(some), -1), some),
            Finished(*(part[some] for part in self.finished)),
        )


@dataclass(frozen=True)
class Beam(BeamOptions, Search):
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

    def hypotheses_at(self, size: int) -> int:
        return self.width

    def find(self, problem: Problem) -> Hypotheses:
        limit = problem.constraint.limit(problem.batch)
        party = self._begun(problem)
        encoded, steps = party.encoded, 0
        whole = party.finished.choices.new_zeros(*party.finished.choices.shape[:2], limit)
        found = Finished(party.finished.scores.clone(), party.finished.total.clone(), whole)
        staying = problem.batch.size
        while staying:
            steps += 1
            party = self._step(problem, party, steps == limit)
            going = party.frontier.total.isfinite().any(1)
            staying = int(going.sum())
            if staying <= STAYING * len(going):
                scores, total, choices = party.finished
                found.scores[party.instances], found.total[party.instances] = scores, total
                found.choices[party.instances, :, : choices.shape[2]] = choices
                party = party.without_done(going, problem, encoded) if staying else party
        choices = found.choices[:, :, :steps]
        lengths = lengths_of(choices, problem.constraint, problem.batch)
        answers = Hypotheses(choices, found.total, lengths, found.scores)
        return answers.ranked(problem).first(self._kept)

    @property
    def _kept(self) -> int:
        """How many finished hypotheses are wanted."""
        return min(self.n_best or self.width, self.width)

    def _begun(self, problem: Problem) -> ActiveInstances:
        """All instances, with nothing chosen or finished yet."""
        encoded, frontier = begin(problem)
        if self.coverage_penalty:
            positions = encoded.memory.mask.shape[1]
            nothing = frontier.total.new_zeros(problem.batch.size, positions)
            decoding = frontier.decoding._replace(attended=nothing)
            frontier = frontier._replace(decoding=decoding)
        size = len(frontier.total)
        none = frontier.total.new_full((size, self.width), NEVER)
        finished = Finished(none, none, frontier.choices.new_zeros(size, self.width, 0))
        instances = torch.arange(size, device=none.device)
        return ActiveInstances(instances, frontier.progress.left, encoded, frontier, finished)

    def _step(self, problem: Problem, party: ActiveInstances, last: bool) -> ActiveInstances:
        """The party one choice later; what is left of an instance that is done has no chance."""
        # At most one child of each hypothesis chooses END, so twice the width leaves enough to go
        # on; where there is no END, all children of an instance end together.
        count = self.width * (1 + problem.constraint.ends)
        totals, children, frontier = expand_to(problem, party.encoded, party.frontier, count)
        total, order = totals.topk(min(count, totals.shape[1]), 1)
        party = self._sort_out(
            problem, party._replace(frontier=frontier), total, children.gather(1, order), last
        )
        frontier, finished = party.frontier, party.finished
        if finished.choices.shape[2]:
            reachable = frontier.total.amax(1) / self._penalty(party.longest)
            done = finished.scores[:, self._kept - 1] >= reachable
            total = frontier.total.masked_fill(done.unsqueeze(1), NEVER)
            party = party._replace(frontier=frontier._replace(total=total))
        return party

    def _penalty(self, length: Tensor) -> Tensor:
        return ((5 + length) / 6) ** self.length_penalty

    def _coverage(self, mask: Tensor, attended: Tensor) -> Tensor:
        """What inputs that got too little attention cost, `(batch, hypotheses)`.

        attended: `(batch, hypotheses, positions)`; mask: `(batch, positions)`.
        """
        # An input that was closed throughout got none at all, which is no reason to refuse.
        missing = attended.clamp(SMALLEST, 1).log() * mask.unsqueeze(1)
        return self.coverage_penalty * missing.sum(2)

    def _sort_out(
        self, problem: Problem, party: ActiveInstances, total: Tensor, children: Tensor, last: bool
    ) -> ActiveInstances:
        """Best children: those that ended to the finished ones, the others to the frontier."""
        constraint, frontier, finished = problem.constraint, party.frontier, party.finished
        choices, width = frontier.progress.open.shape[1], self.width
        rows, choice = frontier.rows(children // choices), children % choices
        ended = constraint.ends_with(frontier.progress_of(rows), choice.flatten())
        ended = ended.view_as(children) | last
        ending = ended[:, :width]
        if bool(ending.any()):
            closing = rows.view_as(children)[:, :width]
            past = frontier.past(closing.flatten()).view(*closing.shape, -1)
            whole = torch.cat([past, choice[:, :width].unsqueeze(2)], 2)
            closed = total[:, :width].masked_fill(~ending, NEVER)
            length = torch.tensor(whole.shape[2], device=closed.device)
            scores = closed / self._penalty(length)
            if frontier.decoding.attended is not None:
                mask = party.encoded.memory.mask
                # Several starts of an instance may share one memory.
                mask = mask.repeat_interleave(len(scores) // len(mask), 0)
                scores = scores + self._coverage(mask, frontier.decoding.attended[closing])
            finished = finished.joined(scores, closed, whole)
            total, order = total.masked_fill(ended, NEVER).topk(min(width, total.shape[1]), 1)
            children = children.gather(1, order)
        frontier = frontier.follow(constraint, children[:, :width], total[:, :width])
        return party._replace(frontier=frontier, finished=finished)
