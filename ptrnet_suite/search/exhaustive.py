"""Exhaustive search: the answer that the model itself holds for the most probable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ptrnet_suite.search.base import Hypotheses, Problem, Search, lengths_of
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.frontier import NEVER, Frontier, begin, expand
from ptrnet_suite.search.options import ExhaustiveOptions

BLOCK = 64
"""Most nodes of an instance that are expanded together."""
INCUMBENT_WIDTH = 4


@final
class Layer(NamedTuple):
    """Extended hypotheses of equal depth, and children of theirs that wait, most probable first.

    instances: whose they are; total: log-probabilities of the children.
    """

    instances: Int[Tensor, " instances"]
    frontier: Frontier
    total: Float[Tensor, "instances waiting"]
    children: Int[Tensor, "instances waiting"]


@final
@dataclass(frozen=True)
class Exhaustive(ExhaustiveOptions, Search):
    """The model's argmax, proved by depth-first branch and bound.

    A log-probability only falls as an answer grows, so whatever is not above the best complete
    answer is cut off (Stahlberg and Byrne 2019, algorithm 1); that answer is a beam's at first.
    Children wait in layers. The deepest layer goes on first, in blocks, for all instances at once.
    `budget` is the most hypotheses that are extended for an instance; where it does not suffice,
    the best answer so far is returned and `proved` is False. The task's cost plays no part.
    """

    def hypotheses_at(self, size: int) -> int:
        return BLOCK

    def find(self, problem: Problem) -> Hypotheses:
        return _BranchAndBound(problem, self.budget).run()


@final
class _BranchAndBound:
    """One run: the best complete answer of each instance, and what the search has spent on it."""

    def __init__(self, problem: Problem, budget: int) -> None:
        self.problem, self.limit = problem, problem.constraint.limit(problem.batch)
        incumbent = Beam(INCUMBENT_WIDTH).find(problem._replace(cost=None))
        self.total = incumbent.log_probabilities[:, 0].clone()
        missing = self.limit - incumbent.choices.shape[2]
        self.choices = nn.functional.pad(incumbent.choices[:, 0], (0, missing))
        self.left = torch.full_like(self.total, budget - 1, dtype=torch.long)
        self.proved = torch.ones_like(self.total, dtype=torch.bool)
        self.encoded, self.root = begin(problem)

    def run(self) -> Hypotheses:
        """Works until no layer is left."""
        all_instances = torch.arange(len(self.total), device=self.total.device)
        layers = self._extended(all_instances, self.root)
        while layers:
            layer = layers.pop()
            total, children = layer.total[:, :BLOCK], layer.children[:, :BLOCK]
            alive = self._alive(layer.instances, total)
            if bool(alive.any()):
                rest = layer.total[:, BLOCK:], layer.children[:, BLOCK:]
                layers += [Layer(layer.instances, layer.frontier, *rest)] if rest[0].numel() else []
                layers += self._followed(layer, total, children, alive)
        choices = self.choices.unsqueeze(1)
        lengths = lengths_of(choices, self.problem.constraint, self.problem.batch)
        return Hypotheses(choices, self.total.unsqueeze(1), lengths, proved=self.proved)

    def _alive(
        self, instances: Int[Tensor, " instances"], total: Float[Tensor, "instances children"]
    ) -> Bool[Tensor, "instances children"]:
        """Which may lead to a better answer that is still looked for."""
        better = total > self.total[instances].unsqueeze(1)
        return better & self.proved[instances].unsqueeze(1)

    def _followed(
        self,
        layer: Layer,
        total: Float[Tensor, "instances children"],
        children: Int[Tensor, "instances children"],
        alive: Bool[Tensor, "instances children"],
    ) -> list[Layer]:
        """Makes a block's choices; complete answers may be the best ones, the others go on."""
        indices, most = alive.any(1).nonzero().squeeze(1), int(alive.sum(1).max())
        total = total.masked_fill(~alive, NEVER)[indices, :most]
        frontier = layer.frontier.follow(
            self.problem.constraint, children[indices, :most], total, indices
        )
        instances = layer.instances[indices]
        complete = frontier.ended | (frontier.choices.shape[2] == self.limit)
        self._improve(instances, frontier, complete)
        going = self._afforded(instances, self._alive(instances, total) & ~complete)
        indices, most = going.any(1).nonzero().squeeze(1), int(going.sum(1).max())
        if not most:
            return []
        # What does not go on is below all that does.
        order = total[indices].topk(most, 1).indices
        return self._extended(instances[indices], frontier.select(order, indices))

    def _improve(
        self,
        instances: Int[Tensor, " instances"],
        frontier: Frontier,
        complete: Bool[Tensor, "instances hypotheses"],
    ) -> None:
        total, hypothesis = frontier.total.masked_fill(~complete, NEVER).max(1)
        better = (total > self.total[instances]).nonzero().squeeze(1)
        whole = frontier.choices[better, hypothesis[better]]
        self.total[instances[better]] = total[better]
        missing = self.limit - whole.shape[1]
        self.choices[instances[better]] = nn.functional.pad(whole, (0, missing))

    def _afforded(
        self, instances: Int[Tensor, " instances"], going: Bool[Tensor, "instances hypotheses"]
    ) -> Bool[Tensor, "instances hypotheses"]:
        """`going` without the instances whose budget it exceeds: no proof there."""
        wanted = going.sum(1)
        enough = wanted <= self.left[instances]
        self.left[instances] -= wanted
        self.proved[instances] &= enough
        return going & enough.unsqueeze(1)

    def _extended(self, instances: Int[Tensor, " instances"], frontier: Frontier) -> list[Layer]:
        """The layer of all children that may still lead to a better answer."""
        encoded = self.encoded
        if len(instances) < len(self.total):
            encoded = self.problem.model.narrow(encoded, instances)
        children, frontier = expand(self.problem, encoded, frontier)
        total = children.flatten(1)
        alive = self._alive(instances, total)
        waiting = int(alive.sum(1).max())
        if not waiting:
            return []
        total, order = total.masked_fill(~alive, NEVER).topk(waiting, 1)
        return [Layer(instances, frontier, total, order)]
