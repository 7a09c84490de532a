"""Free running: the model is fed its own choices and trained on the known ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.data.batch import Batch, known_answers
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.prefixes import Prediction, fed_by_steps, loss_along
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, TrainingState
from ptrnet_suite.training.strategies.supervised import SupervisedStrategy


@final
@dataclass(frozen=True)
class FreeRunning(SupervisedStrategy):
    """Negative log-probability of the known choice at each step, given the model's own before it.

    The prefix holds no END while the known answer goes on. A known choice that the prefix has
    closed (a position already taken) is not counted. No gradient runs through the prefix.
    """

    prediction: Prediction = "argmax"
    """what is fed: the most probable choice (argmax), or one drawn at random (sampled)"""
    label_smoothing: float = number(0.0, low=0, below=1)
    """mass that the target gives to other allowed choices"""

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        encoded, batch = self.read(model, batch, constraint, state)
        targets, _ = known_answers(batch, "free running")
        never = torch.zeros_like(targets, dtype=torch.bool)
        fed = fed_by_steps(model, encoded, batch, constraint, never, self.prediction)
        return loss_along(model, encoded, batch, constraint, fed, self.label_smoothing)
