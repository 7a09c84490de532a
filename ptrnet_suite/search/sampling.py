"""One choice after another: the most probable one (greedy) or one drawn at random (sampling)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ptrnet_suite.search.base import Hypotheses, Problem, Search
from ptrnet_suite.search.options import GreedyOptions, SamplingOptions
from ptrnet_suite.search.rollout import roll_out


@final
@dataclass(frozen=True)
class Greedy(GreedyOptions, Search):
    """Takes the most probable choice at every step."""

    def find(self, problem: Problem) -> Hypotheses:
        return roll_out(*problem[:3], 1)


@final
@dataclass(frozen=True)
class Sampling(SamplingOptions, Search):
    """Draws `count` answers and puts the best first, by the task's cost where it has one."""

    def hypotheses_at(self, size: int) -> int:
        return self.count

    def find(self, problem: Problem) -> Hypotheses:
        def draw(scores: Float[Tensor, "rows choices"]) -> Int[Tensor, " rows"]:
            return problem.streams.choose(self._probabilities(scores))

        return roll_out(*problem[:3], self.count, draw).ranked(problem)

    def _probabilities(
        self, scores: Float[Tensor, "rows choices"]
    ) -> Float[Tensor, "rows choices"]:
        """Probabilities after temperature, top-k and top-p (Holtzman et al. 2020)."""
        probabilities = torch.softmax(scores / self.temperature, 1)
        if self.top_k:
            count = min(self.top_k, scores.shape[1])
            smallest = probabilities.topk(count, 1).values[:, -1:]
            probabilities = probabilities.masked_fill(probabilities < smallest, 0)
        if self.top_p < 1:
            ordered, order = probabilities.sort(1, descending=True)
            ordered = ordered / ordered.sum(1, keepdim=True)
            before = ordered.cumsum(1) - ordered
            outside = torch.zeros_like(ordered, dtype=torch.bool)
            outside.scatter_(1, order, before >= self.top_p)
            probabilities = probabilities.masked_fill(outside, 0)
        return probabilities
