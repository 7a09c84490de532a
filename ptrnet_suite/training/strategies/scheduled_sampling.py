"""Scheduled sampling: known choices are fed at first, own ones more and more often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

import torch
from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.data.batch import Batch, known_answers
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.prefixes import Prediction, fed_by_passes, fed_by_steps, loss_along
from ptrnet_suite.training.schedules import Schedule, gold_probability
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, TrainingState
from ptrnet_suite.training.strategies.supervised import SupervisedStrategy


@final
@dataclass(frozen=True)
class ScheduledSampling(SupervisedStrategy):
    """A coin decides whether the known or the own choice is fed (Bengio et al. 2015).

    With `passes` own choices are predicted in parallel, which spares the steps of a Transformer
    (Mihaylova & Martins 2019; Duckworth et al. 2019). What counts is as in `FreeRunning`.
    """

    schedule: Schedule = "inverse_sigmoid"
    """how the probability of the known choice falls"""
    half: int = number(0, low=0)
    """step at which that probability is one half; 0 takes half of the run"""
    smallest: float = number(0.0, low=0, high=1)
    """where that probability stops to fall"""
    per: Literal["token", "sequence"] = "token"
    """whether a coin is tossed for each token or for each sequence"""
    passes: int = number(0, low=0)
    """parallel passes that predict own choices; 0 predicts step by step"""
    prediction: Prediction = "sampled"
    """what is fed of its own: the most probable choice (argmax), or one drawn at random (sampled)
    """
    label_smoothing: float = number(0.0, low=0, below=1)
    """mass that the target gives to other allowed choices"""

    def probability(self, state: TrainingState) -> float:
        """Of feeding the known choice."""
        half = self.half or max(1, state.steps / 2)
        return gold_probability(self.schedule, state.step, half, self.smallest)

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        encoded, batch = self.read(model, batch, constraint, state)
        targets, _ = known_answers(batch, "scheduled sampling")
        coins = torch.rand(targets.shape[0], targets.shape[1] if self.per == "token" else 1)
        keep = (coins < self.probability(state)).expand_as(targets).to(targets.device)
        arguments = model, encoded, batch, constraint, keep, self.prediction
        fed = fed_by_passes(*arguments, self.passes) if self.passes else fed_by_steps(*arguments)
        return loss_along(model, encoded, batch, constraint, fed, self.label_smoothing)
