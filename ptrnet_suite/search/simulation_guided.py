"""Simulation-guided beam search: a beam whose hypotheses are judged by where they lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ptrnet_suite.search.base import Hypotheses, Problem, Search, side_by_side
from ptrnet_suite.search.frontier import begin, complete, expand
from ptrnet_suite.search.options import SimulationGuidedOptions


@final
@dataclass(frozen=True)
class SimulationGuided(SimulationGuidedOptions, Search):
    """Follows each of a beam's most probable children greedily to its end, keeps the best led ones.

    Each of `width` hypotheses proposes its `expansion` most probable children; each child is
    completed greedily, and the `width` children whose completions are best by the task's cost, or
    else by probability, go on (Choo et al. 2022, section 3). The answer is the best completion
    of all steps.
    """

    def hypotheses_at(self, size: int) -> int:
        return self.width * self.expansion

    def find(self, problem: Problem) -> Hypotheses:
        encoded, frontier = begin(problem)
        limit = problem.constraint.limit(problem.batch)
        completions: list[Hypotheses] = []
        for _ in range(limit):
            if frontier.over:
                break
            children, frontier = expand(problem, encoded, frontier)
            total, proposed = self._propose(children)
            frontier = frontier.follow(problem.constraint, proposed, total)
            answers = complete(problem, encoded, frontier).hypotheses(problem)
            price = answers.price(problem)
            completions.append(answers.order_by(price).first(1))
            frontier = frontier.select(
                price.topk(min(self.width, price.shape[1]), 1, False).indices
            )
        return side_by_side(completions).ranked(problem).first(1)

    def _propose(
        self, children: Float[Tensor, "batch hypotheses choices"]
    ) -> tuple[Float[Tensor, "batch proposed"], Int[Tensor, "batch proposed"]]:
        """Log-probabilities and numbers of the children tried."""
        batch, width, choices = children.shape
        total, choice = children.topk(min(self.expansion, choices), 2)
        begins = torch.arange(width, device=children.device)[None, :, None] * choices
        return total.view(batch, -1), (choice + begins).view(batch, -1)
