"""POMO: one answer from every equivalent start, held against their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.search.rollout import equivalent_starts
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.baselines.base import SharedMean
from ptrnet_suite.training.policy_gradient import policy_context, policy_loss
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState


@final
@dataclass(frozen=True)
class Pomo(Strategy):
    """REINFORCE over multiple starts with their shared mean (Kwon et al. 2020, section 4).

    Where first choices are not equivalent, as in text, `samples` answers begin as they will.
    """

    needs_solutions: ClassVar[bool] = False

    starts: int = number(0, low=0)
    """most starts of an instance, drawn anew for each batch; 0 takes all"""
    samples: int = number(8, low=2)
    """answers drawn for each instance where starts are not equivalent"""

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        context = policy_context(model, batch, constraint, state)
        starts = self._drawn_starts(
            equivalent_starts(constraint, batch, model.num_choices(context.encoded))
        )
        count = self.samples if starts is None else starts.shape[1]
        choices, costs = context.sample(count, starts)
        baseline = SharedMean()(costs, context)
        log_probabilities = context.log_likelihood(choices, starts is not None)
        return policy_loss(log_probabilities, costs, baseline)

    def _drawn_starts(
        self, starts: Int[Tensor, "batch starts"] | None
    ) -> Int[Tensor, "batch drawn"] | None:
        if starts is None or not 0 < self.starts < starts.shape[1]:
            return starts
        return starts[:, torch.randperm(starts.shape[1])[: self.starts].to(starts.device)]
