"""Teacher forcing: the loss along the known answer, in one pass over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from torch import Tensor

from ptrnet_suite.constraints import Constraint
from ptrnet_suite.data import Batch
from ptrnet_suite.model import Seq2Seq
from ptrnet_suite.training.equivalents import Imitation
from ptrnet_suite.training.imitation import imitation_loss, known_answers
from ptrnet_suite.training.strategy import UNTOLD, Moment


@final
@dataclass(frozen=True)
class TeacherForcing(Imitation):
    """Mean negative log-probability of each known choice given the known ones before it."""

    label_smoothing: float = 0.0
    """mass that the target gives to other allowed choices"""

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        moment: Moment = UNTOLD,
    ) -> Tensor:
        encoded, batch = self.read(model, batch, constraint, moment)
        targets, mask = known_answers(batch, "teacher forcing")
        allowed = constraint.along(batch, model.choices(encoded), targets)
        scores = model.along(encoded, targets, allowed)
        return imitation_loss(scores, allowed, targets, mask, self.label_smoothing)
