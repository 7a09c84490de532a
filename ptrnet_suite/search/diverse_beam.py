"""Diverse beam search: groups of beams that keep away from each other's choices."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ptrnet_suite.search.base import Hypotheses, Problem, Search
from ptrnet_suite.search.frontier import NEVER, begin, expand
from ptrnet_suite.search.options import DiverseBeamOptions


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
        frontier = frontier.kept(frontier.choices.new_zeros(problem.batch.size, self.groups))
        for _ in range(problem.constraint.limit(problem.batch)):
            if frontier.over:
                break
            children, frontier = expand(problem, encoded, frontier)
            kept, total = self._choose(children, frontier.ended)
            frontier = frontier.follow(problem.constraint, kept, total)
        return frontier.hypotheses(problem).ranked(problem)

    def _choose(self, children: Tensor, ended: Tensor) -> tuple[Tensor, Tensor]:
        """Children that each group keeps and their log-probabilities, `(batch, kept)` each."""
        batch, width, choices = children.shape
        size = width // self.groups
        made = children.new_zeros(batch, choices)
        kept = []
        for group in range(self.groups):
            own = slice(group * size, (group + 1) * size)
            price = self.diversity * made.unsqueeze(1) * ~ended[:, own].unsqueeze(2)
            worth = (children[:, own] - price).flatten(1)
            best = worth.topk(min(self._of_group, worth.shape[1]), 1)
            alive = ~ended[:, own].gather(1, best.indices // choices) & (best.values > NEVER)
            made = made.scatter_add(1, best.indices % choices, alive.to(made.dtype))
            kept.append(best.indices + group * size * choices)
        together = torch.cat(kept, 1)
        return together, children.flatten(1).gather(1, together)
