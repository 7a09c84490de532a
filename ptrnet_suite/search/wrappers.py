"""Searches around a search: the same problem seen or begun in other ways, and the best answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.autoregressive import AutoregressiveModel, EncodedBatch
from ptrnet_suite.model.interfaces import Decoding
from ptrnet_suite.model.layers.embedding_table import START
from ptrnet_suite.model.layers.topk import topk
from ptrnet_suite.search.base import Hypotheses, Problem, Search
from ptrnet_suite.search.frontier import NEVER
from ptrnet_suite.search.options import AugmentOptions, MultistartOptions
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.task.constraint import Constraint, ConstraintState


@dataclass(frozen=True)
class Wrapper(Search):
    """A search that calls `inner` on several forms of each instance."""

    inner: Search = field(default_factory=Greedy)

    @property
    def learns(self) -> bool:
        return self.inner.learns


@final
@dataclass(frozen=True)
class Augment(AugmentOptions, Wrapper):
    """Solves `count` symmetric views of each instance and keeps the best answers.

    The task says which views cost the same (Kwon et al. 2020, section 3.3); its own cost ranks
    their answers. Raises InputError where the task has no symmetries, or fewer.
    """

    def hypotheses_at(self, size: int) -> int:
        return self.count * self.inner.hypotheses_at(size)

    def find(self, problem: Problem) -> Hypotheses:
        batch = problem.batch
        views = None if problem.symmetries is None else problem.symmetries(batch)
        if views is None:
            raise InputError("augment needs a task with symmetries, such as tsp; this one has none")
        if self.count > len(views):
            raise InputError(f"augment:{self.count} is too many; the task has {len(views)} views")
        inputs = torch.stack([view.inputs for view in views[: self.count]], 1).flatten(0, 1)
        repeated = problem.repeated(self.count)
        repeated = repeated._replace(batch=repeated.batch._replace(inputs=inputs))
        answers = self.inner.find(repeated)
        return answers.regrouped(batch.size).ranked(problem)


@final
@dataclass(frozen=True)
class Multistart(MultistartOptions, Wrapper):
    """Begins with every possible first choice, or with `count` of them, and keeps the best answers.

    Where the constraint fixes the start of an answer that could begin anywhere, such as a tour, the
    other beginnings are free of cost (Kwon et al. 2020, section 3.1); elsewhere the first choice
    costs its log-probability. Those that the constraint allows go first, the most probable first.
    """

    def __post_init__(self) -> None:
        if self.learns:
            raise InputError(
                "multistart cannot stand before a search that learns, which begins with every "
                "start by itself"
            )

    def hypotheses_at(self, size: int) -> int:
        return (self.count or size) * self.inner.hypotheses_at(size)

    def find(self, problem: Problem) -> Hypotheses:
        batch, constraint = problem.batch, problem.constraint
        first, exists, visible = self._starts(problem)
        count = first.shape[1]
        cost = problem.cost

        def canonical_cost(
            copies: Batch, choices: Int[Tensor, "copies hypotheses time"]
        ) -> Float[Tensor, "copies hypotheses"] | None:
            return None if cost is None else cost(copies, constraint.canonical(copies, choices))

        answers = self.inner.find(
            problem.repeated(count)._replace(
                model=_Begun(problem.model, batch, count, visible.flatten(0, 1)),
                constraint=_From(constraint, first.flatten()),
                cost=canonical_cost,
            )
        )
        scores = answers.log_probabilities.masked_fill(~exists.view(-1, 1), NEVER)
        answers = answers._replace(log_probabilities=scores).regrouped(batch.size)
        choices = constraint.canonical(batch, answers.choices)
        return answers._replace(choices=choices).ranked(problem)

    def _starts(
        self, problem: Problem
    ) -> tuple[
        Int[Tensor, "batch starts"],
        Bool[Tensor, "batch starts"],
        Bool[Tensor, "batch starts choices"],
    ]:
        """First choices, which of them exist, and the choices that the model may see open.

        The latter are all that the constraint allows, or the first choice alone where the
        constraint does not allow it.
        """
        model, batch, constraint = problem.model, problem.batch, problem.constraint
        encoded = model.encode(batch)
        progress = constraint.start(batch, model.num_choices(encoded))
        allowed = constraint.allowed(progress)
        scores, _ = model.step(encoded, model.start(encoded), allowed)
        starts = constraint.starts(batch, allowed.shape[1])
        # Those beyond what is allowed have no probability; they follow in the order of positions.
        worth = scores.masked_fill(~allowed, -1e30).masked_fill(~starts, NEVER)
        count = int(starts.sum(1).max())
        count = min(self.count, count) if self.count else count
        worth, first = worth.sort(dim=1, descending=True, stable=True)
        worth, first = worth[:, :count], first[:, :count]
        exists = worth > NEVER
        first = torch.where(exists, first, first[:, :1])
        natural = allowed.gather(1, first).unsqueeze(2)
        alone = nn.functional.one_hot(first, allowed.shape[1]).bool()
        return first, exists, torch.where(natural, allowed.unsqueeze(1), alone)


@final
class _From(Constraint):
    """A constraint whose first choice is given for each instance."""

    def __init__(self, inner: Constraint, first: Int[Tensor, " instances"]) -> None:
        self.inner, self.first, self.ends = inner, first, inner.ends

    def limit(self, batch: Batch) -> int:
        return self.inner.limit(batch)

    def start(self, batch: Batch, choices: int) -> ConstraintState:
        return self.inner.start(batch, choices)

    def allowed(self, progress: ConstraintState) -> Bool[Tensor, "rows choices"]:
        allowed = self.inner.allowed(progress)
        if bool(progress.chosen.any()):
            return allowed
        first = self.first.repeat_interleave(len(allowed) // len(self.first))
        return torch.zeros_like(allowed).scatter_(1, first.unsqueeze(1), True)

    def advance(self, progress: ConstraintState, choice: Int[Tensor, " rows"]) -> ConstraintState:
        return self.inner.advance(progress, choice)

    def ends_with(
        self, progress: ConstraintState, choice: Int[Tensor, " rows"]
    ) -> Bool[Tensor, " rows"]:
        return self.inner.ends_with(progress, choice)


@final
class _Begun:
    """A model that sees `count` copies of each instance, in one memory for all of them.

    visible: the choices that it sees open before the first one.
    """

    def __init__(
        self,
        model: AutoregressiveModel,
        batch: Batch,
        count: int,
        visible: Bool[Tensor, "copies choices"],
    ) -> None:
        self.model, self.batch, self.count, self.visible = model, batch, count, visible

    def encode(self, batch: Batch) -> EncodedBatch:
        return self.model.encode(self.batch)

    def num_choices(self, encoded: EncodedBatch) -> int:
        return self.model.num_choices(encoded)

    def start(self, encoded: EncodedBatch) -> Decoding:
        origin = torch.arange(len(self.visible), device=self.visible.device) // self.count
        return self.model.start(encoded).select(origin)

    def step(
        self, encoded: EncodedBatch, decoding: Decoding, allowed: Bool[Tensor, "rows choices"]
    ) -> tuple[Float[Tensor, "rows choices"], Decoding]:
        if not bool((decoding.last == START).all()):
            return self.model.step(encoded, decoding, allowed)
        visible = self.visible.repeat_interleave(len(allowed) // len(self.visible), 0)
        scores, decoding = self.model.step(encoded, decoding, visible)
        return scores.masked_fill(~allowed, NEVER), decoding

    def step_topk(
        self,
        encoded: EncodedBatch,
        decoding: Decoding,
        allowed: Bool[Tensor, "rows choices"] | None,
        count: int,
    ) -> tuple[Float[Tensor, "rows largest"], Int[Tensor, "rows largest"], Decoding]:
        if allowed is None:
            return self.model.step_topk(encoded, decoding, allowed, count)
        scores, decoding = self.step(encoded, decoding, allowed)
        return *topk(scores, count), decoding

    def narrow(self, encoded: EncodedBatch, instances: Int[Tensor, " instances"]) -> EncodedBatch:
        return self.model.narrow(encoded, instances // self.count)
