"""Beam search, batched over instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ptrnet_suite.model.autoregressive import EncodedBatch
from ptrnet_suite.search.base import Hypotheses, Problem, Search, lengths_of
from ptrnet_suite.search.frontier import NEVER, Frontier, begin, expand_to
from ptrnet_suite.search.options import BeamOptions

SMALLEST = 1e-30
"""Attention below which an input counts as if it had got this much."""

STAYING = 0.75
"""Share of the instances under way that must go on, or else those that are done are left out."""


@final
class Finished(NamedTuple):
    """The best complete hypotheses so far, best first.

    scores, total: minus infinity where there are fewer.
    """

    scores: Float[Tensor, "batch hypotheses"]
    total: Float[Tensor, "batch hypotheses"]
    choices: Int[Tensor, "batch hypotheses time"]

    def joined(
        self,
        scores: Float[Tensor, "batch more"],
        total: Float[Tensor, "batch more"],
        choices: Int[Tensor, "batch more time"],
    ) -> Finished:
        """The best of these and some more, which are no shorter."""
        count, longer = self.scores.shape[1], choices.shape[2] - self.choices.shape[2]
        together = torch.cat([nn.functional.pad(self.choices, (0, longer)), choices], 1)
        both = torch.cat([self.scores, scores], 1)
        merged, order = both.sort(dim=1, descending=True, stable=True)
        order = order[:, :count]
        return Finished(
            merged[:, :count],
            torch.cat([self.total, total], 1).gather(1, order),
            together.gather(1, order.unsqueeze(2).expand(-1, -1, together.shape[2])),
        )


@final
class ActiveInstances(NamedTuple):
    """Instances that are under way together.

    instances: their indices in the batch; longest: most choices of an answer.
    """

    instances: Int[Tensor, " active"]
    longest: Int[Tensor, " active"]
    encoded: EncodedBatch
    frontier: Frontier
    finished: Finished

    def without_done(
        self, going: Bool[Tensor, " active"], problem: Problem, encoded: EncodedBatch
    ) -> ActiveInstances:
        """The instances that are `going`; encoded: of the whole batch."""
        indices = going.nonzero().squeeze(1)
        hypotheses = torch.arange(self.frontier.total.shape[1], device=indices.device)
        instances = self.instances[indices]
        return ActiveInstances(
            instances,
            self.longest[indices],
            problem.model.narrow(encoded, instances),
            self.frontier.select(hypotheses.expand(len(indices), -1), indices),
            Finished(*(part[indices] for part in self.finished)),
        )


@final
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
        active = self._begun(problem)
        encoded, steps = active.encoded, 0
        scores, total, choices = active.finished
        best = Finished(scores.clone(), total.clone(), choices.new_zeros(*choices.shape[:2], limit))
        staying = problem.batch.size
        while staying:
            steps += 1
            active = self._step(problem, active, steps == limit)
            going = active.frontier.total.isfinite().any(1)
            staying = int(going.sum())
            if staying <= STAYING * len(going):
                scores, total, choices = active.finished
                best.scores[active.instances], best.total[active.instances] = scores, total
                best.choices[active.instances, :, : choices.shape[2]] = choices
                active = active.without_done(going, problem, encoded) if staying else active
        choices = best.choices[:, :, :steps]
        lengths = lengths_of(choices, problem.constraint, problem.batch)
        answers = Hypotheses(choices, best.total, lengths, best.scores)
        return answers.ranked(problem).first(self._wanted)

    @property
    def _wanted(self) -> int:
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

    def _step(self, problem: Problem, active: ActiveInstances, last: bool) -> ActiveInstances:
        """The instances one choice later; hypotheses of one that is done get probability 0."""
        # At most one child of each hypothesis chooses END, so twice the width leaves enough to go
        # on; where there is no END, all children of an instance end together.
        count = self.width * (1 + problem.constraint.ends)
        totals, children, frontier = expand_to(problem, active.encoded, active.frontier, count)
        total, order = totals.topk(min(count, totals.shape[1]), 1)
        active = self._sort_out(
            problem, active._replace(frontier=frontier), total, children.gather(1, order), last
        )
        frontier, finished = active.frontier, active.finished
        reachable = frontier.total.amax(1) / self._penalty(active.longest)
        done = finished.scores[:, self._wanted - 1] >= reachable
        total = frontier.total.masked_fill(done.unsqueeze(1), NEVER)
        return active._replace(frontier=frontier._replace(total=total))

    def _penalty(self, length: Int[Tensor, "*instances"]) -> Float[Tensor, "*instances"]:
        return ((5 + length) / 6) ** self.length_penalty

    def _coverage(
        self,
        mask: Bool[Tensor, "batch positions"],
        attended: Float[Tensor, "batch hypotheses positions"],
    ) -> Float[Tensor, "batch hypotheses"]:
        """The penalty for inputs that got too little attention."""
        # An input that was closed throughout got none at all, which is no reason to refuse.
        missing = attended.clamp(SMALLEST, 1).log() * mask.unsqueeze(1)
        return self.coverage_penalty * missing.sum(2)

    def _sort_out(
        self,
        problem: Problem,
        active: ActiveInstances,
        total: Float[Tensor, "active children"],
        children: Int[Tensor, "active children"],
        last: bool,
    ) -> ActiveInstances:
        """Best children: those that ended to the finished ones, the others to the frontier."""
        constraint, frontier, finished = problem.constraint, active.frontier, active.finished
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
                mask = active.encoded.memory.mask
                # Several starts of an instance may share one memory.
                mask = mask.repeat_interleave(len(scores) // len(mask), 0)
                scores = scores + self._coverage(mask, frontier.decoding.attended[closing])
            finished = finished.joined(scores, closed, whole)
            total, order = total.masked_fill(ended, NEVER).topk(min(width, total.shape[1]), 1)
            children = children.gather(1, order)
        frontier = frontier.follow(constraint, children[:, :width], total[:, :width])
        return active._replace(frontier=frontier, finished=finished)
