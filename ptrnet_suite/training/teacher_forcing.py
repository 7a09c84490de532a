"""Teacher forcing: the loss along the known answer, in one pass over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from ptrnet_suite.constraints import Constraint
from ptrnet_suite.data import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model import Seq2Seq
from ptrnet_suite.training.equivalents import Imitation
from ptrnet_suite.training.imitation import imitation_loss, known_answers
from ptrnet_suite.training.strategy import UNTOLD, Moment, check_at_least


@final
@dataclass(frozen=True)
class TeacherForcing(Imitation):
    """Mean negative log-probability of each known choice given the known ones before it."""

    label_smoothing: float = 0.0
    """mass that the target gives to other allowed choices"""
    coverage: float = 0.0
    """weight of the coverage loss, which is high where inputs are looked at again and again (See et
    al. 2017, eq. 12)"""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_at_least("coverage", self.coverage, 0)

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        moment: Moment = UNTOLD,
    ) -> Tensor:
        encoded, batch = self.read(model, batch, constraint, moment)
        targets, mask = known_answers(batch, "teacher forcing")
        if constraint.free and model.spec.outputs == "vocabulary" and not model.spec.copies:
            loss, weights = model.cross_entropy(encoded, targets, mask, self.label_smoothing)
        else:
            allowed = constraint.along(batch, model.choices(encoded), targets)
            scores, weights, _ = model.trace(encoded, targets, allowed)
            loss = imitation_loss(scores, allowed, targets, mask, self.label_smoothing)
        if not self.coverage:
            return loss
        if weights is None:
            raise InputError("a coverage loss needs a decoder that attends, and this one does not")
        return loss + self.coverage * coverage_loss(weights.mean(1), mask)


def coverage_loss(weights: Tensor, mask: Tensor) -> Tensor:
    """Mean over steps of sum_i min(a_i, c_i), c being the weights' sum before the step.

    weights: `(batch, time, positions)`; mask: `(batch, time)`, steps that count (See et al. 2017,
    eq. 10 and 12).
    """
    before = weights.cumsum(1) - weights
    again = torch.minimum(weights, before).sum(2)
    return torch.where(mask, again, torch.zeros_like(again)).sum() / mask.sum().clamp_min(1)
