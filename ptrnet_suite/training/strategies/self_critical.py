"""Self-critical training: samples are held against the model's own greedy answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.baselines.base import OwnGreedy
from ptrnet_suite.training.policy_gradient import policy_context, policy_loss
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState


@final
@dataclass(frozen=True)
class SelfCritical(Strategy):
    """REINFORCE with the greedy answer's cost as the baseline (Rennie et al. 2017)."""

    needs_solutions: ClassVar[bool] = False

    samples: int = number(1, low=1)
    """answers drawn for each instance"""

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        context = policy_context(model, batch, constraint, state)
        choices, costs = context.sample(self.samples)
        baseline = OwnGreedy()(costs, context)
        return policy_loss(context.log_likelihood(choices), costs, baseline)
