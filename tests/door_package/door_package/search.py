"""A search of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from torch import Tensor

from ptrnet_suite.search.base import Hypotheses, Problem, Search
from ptrnet_suite.search.rollout import roll_out


@final
@dataclass(frozen=True)
class LeastProbable(Search):
    """Takes the least probable of the `among` most probable choices at every step."""

    among: int = 2

    def find(self, problem: Problem) -> Hypotheses:
        def choose(log_probabilities: Tensor) -> Tensor:
            best = log_probabilities.topk(min(self.among, log_probabilities.shape[1]), 1)
            is_open = best.values.isfinite()
            return best.indices.gather(1, is_open.sum(1, keepdim=True) - 1).squeeze(1)

        return roll_out(problem.model, problem.batch, problem.constraint, 1, choose)
