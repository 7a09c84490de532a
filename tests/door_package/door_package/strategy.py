"""A training strategy of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from torch import Tensor

from ptrnet_suite.data.batch import Batch, known_answers
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState


@final
@dataclass(frozen=True)
class Focal(Strategy):
    """Teacher forcing that weighs doubtful choices more (Lin et al. 2017, eq. 4)."""

    focus: float = 2.0
    """power of 1 - p"""

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Tensor:
        targets, mask = known_answers(batch, "focal")
        encoded = model.encode(batch)
        allowed = constraint.masks_along(batch, model.num_choices(encoded), targets)
        scores = model.along(encoded, targets, allowed).gather(2, targets.unsqueeze(2)).squeeze(2)
        return (-((1 - scores.exp()) ** self.focus) * scores)[mask].mean()
