"""Self-critical training: samples are held against the model's own greedy answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.task.constraints import Constraint
from ptrnet_suite.training.baselines.base import OwnGreedy
from ptrnet_suite.training.policy_gradient import policy_context, policy_loss
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState


@final
@dataclass(frozen=True)
class SelfCritical(Strategy):
    """What beats the way that the model is used becomes more probable (Rennie et al. 2017)."""

    needs_solutions: ClassVar[bool] = False

    samples: int = number(1, low=1)
    """answers drawn for each instance"""

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        moment: TrainingState = DEFAULT_STATE,
    ) -> Tensor:
        scene = policy_context(model, batch, constraint, moment)
        choices, costs = scene.sample(self.samples)
        baseline = OwnGreedy()(costs, scene)
        return policy_loss(scene.log_likelihood(choices), costs, baseline)
