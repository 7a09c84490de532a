"""Self-improvement: the best of a few samples is the next label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import torch
from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.search.rollout import scores_along
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.policy_gradient import policy_context
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState
from ptrnet_suite.training.strategies.losses import masked_cross_entropy


@final
@dataclass(frozen=True)
class SelfImprovement(Strategy):
    """Imitates the cheapest of its own samples (Corsini et al. 2024; Pirnay & Grimm 2024)."""

    needs_solutions: ClassVar[bool] = False

    samples: int = number(16, low=2)
    """answers drawn for each instance"""
    label_smoothing: float = number(0.0, low=0, below=1)
    """mass that the target gives to other allowed choices"""

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        context = policy_context(model, batch, constraint, state)
        choices, costs = context.sample(self.samples)
        best = choices.gather(1, costs.argmin(1)[:, None, None].expand(-1, 1, choices.shape[2]))
        scores, allowed = scores_along(*context[:4], best)
        labels = best.squeeze(1)
        everywhere = torch.ones_like(labels, dtype=torch.bool)
        return masked_cross_entropy(scores, allowed, labels, everywhere, self.label_smoothing)
