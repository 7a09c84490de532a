"""Diverse beam search: groups of beams that keep away from each other's choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ptrnet_suite.search.base import Hypotheses, Problem, Search
from ptrnet_suite.search.frontier import NEVER, begin, expand
from ptrnet_suite.search.options import DiverseBeamOptions


@final
@dataclass(frozen=True)
class DiverseBeam(DiverseBeamOptions, Search):
    """Splits the beam into groups that pay for choices which earlier groups made at that step.

    A choice costs `diversity` times the number of hypotheses of earlier groups that made it at the
    same step (Vijayakumar et al. 2018, algorithm 1 with Hamming diversity). Hypotheses that ended
    stay in their group and compete; they neither pay nor make others pay. Each group keeps
    width / groups hypotheses, rounded up, and the last beams together are ranked as usual.
    """

    @property
    def _of_group(self) -> int:
        return -(-self.width // self.groups)

    def hypotheses_at(self, size: int) -> int:
        return self._of_group * self.groups

    def find(self, problem: Problem) -> Hypotheses:
        encoded, frontier = begin(problem)
        # Every group begins at the root.
        frontier = frontier.select(frontier.choices.new_zeros(problem.batch.size, self.groups))
        for _ in range(problem.constraint.limit(problem.batch)):
            if frontier.over:
                break
            children, frontier = expand(problem, encoded, frontier)
            chosen, total = self._choose(children, frontier.ended)
            frontier = frontier.follow(problem.constraint, chosen, total)
        return frontier.hypotheses(problem).ranked(problem)

    def _choose(
        self,
        children: Float[Tensor, "batch hypotheses choices"],
        ended: Bool[Tensor, "batch hypotheses"],
    ) -> tuple[Int[Tensor, "batch selected"], Float[Tensor, "batch selected"]]:
        """Children that the groups keep, and their log-probabilities."""
        batch, width, choices = children.shape
        size = width // self.groups
        times_chosen = children.new_zeros(batch, choices)
        selected = []
        for group in range(self.groups):
            members = slice(group * size, (group + 1) * size)
            price = self.diversity * times_chosen.unsqueeze(1) * ~ended[:, members].unsqueeze(2)
            worth = (children[:, members] - price).flatten(1)
            best = worth.topk(min(self._of_group, worth.shape[1]), 1)
            alive = ~ended[:, members].gather(1, best.indices // choices) & (best.values > NEVER)
            times_chosen = times_chosen.scatter_add(
                1, best.indices % choices, alive.to(times_chosen.dtype)
            )
            selected.append(best.indices + group * size * choices)
        together = torch.cat(selected, 1)
        return together, children.flatten(1).gather(1, together)
