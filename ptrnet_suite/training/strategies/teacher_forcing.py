"""Teacher forcing: the loss along the known answer, in one pass over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ptrnet_suite.data.batch import Batch, known_answers
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.interfaces import Encoded
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, TrainingState
from ptrnet_suite.training.strategies.losses import masked_cross_entropy, mean_where, possible
from ptrnet_suite.training.strategies.supervised import SupervisedStrategy


@final
@dataclass(frozen=True)
class TeacherForcing(SupervisedStrategy):
    """Mean negative log-probability of each known choice given the known ones before it."""

    label_smoothing: float = number(0.0, low=0, below=1)
    """mass that the target gives to other allowed choices"""
    coverage: float = number(0.0, low=0)
    """weight of the coverage loss, which is high where inputs are looked at again and again (See et
    al. 2017, eq. 12)"""
    consistency: float = number(0.0, low=0)
    """weight of the divergence between two passes that drop out differently; a step then costs two
    (R-Drop, Liang et al. 2021, eq. 4; theirs weighs the sum of both losses, this one their mean, so
    that half of their alpha says the same)"""

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        if self.consistency:
            return self._consistent_loss(model, batch, constraint, state)
        encoded, batch = self.read(model, batch, constraint, state)
        targets, mask = known_answers(batch, "teacher forcing")
        if constraint.unrestricted and model.spec.outputs == "vocabulary" and not model.spec.copies:
            loss, weights = model.cross_entropy(encoded, targets, mask, self.label_smoothing)
            return loss + self._coverage_term(weights, mask)
        return self._loss_and_scores(model, encoded, batch, constraint)[0]

    def _loss_and_scores(
        self, model: Seq2Seq, encoded: Encoded, batch: Batch, constraint: Constraint
    ) -> tuple[Float[Tensor, ""], Float[Tensor, "batch time choices"]]:
        """The loss, and log-probabilities; 0 where nothing is allowed."""
        targets, mask = known_answers(batch, "teacher forcing")
        allowed = constraint.masks_along(batch, model.num_choices(encoded), targets)
        scores, weights, _ = model.trace(encoded, targets, allowed)
        loss = masked_cross_entropy(scores, allowed, targets, mask, self.label_smoothing)
        return loss + self._coverage_term(weights, mask), scores.masked_fill(
            ~possible(scores, allowed), 0
        )

    def _coverage_term(
        self,
        weights: Float[Tensor, "batch heads time positions"] | None,
        mask: Bool[Tensor, "batch time"],
    ) -> Float[Tensor, ""] | float:
        if not self.coverage:
            return 0.0
        if weights is None:
            raise InputError("a coverage loss needs a decoder that attends, and this one does not")
        return self.coverage * coverage_loss(weights.mean(1), mask)

    def _consistent_loss(
        self, model: Seq2Seq, batch: Batch, constraint: Constraint, state: TrainingState
    ) -> Float[Tensor, ""]:
        encoded, batch = self.read(model, batch, constraint, state)
        _, mask = known_answers(batch, "teacher forcing")
        # Both passes learn the same sequence, even where one of several is drawn.
        passes = [
            self._loss_and_scores(model, reading, batch, constraint)
            for reading in (encoded, model.encode(batch))
        ]
        (first_loss, first), (second_loss, second) = passes
        return (first_loss + second_loss) / 2 + self.consistency * divergence(first, second, mask)


def divergence(
    first: Float[Tensor, "batch time choices"],
    second: Float[Tensor, "batch time choices"],
    mask: Bool[Tensor, "batch time"],
) -> Float[Tensor, ""]:
    """Mean over steps of [KL(p || q) + KL(q || p)] / 2.

    first, second: log-probabilities of p and of q; mask: steps that count (Liang et
    al. 2021, eq. 2).
    """
    divergences = ((first.exp() - second.exp()) * (first - second)).sum(2) / 2
    return mean_where(mask, divergences)


def coverage_loss(
    weights: Float[Tensor, "batch time positions"], mask: Bool[Tensor, "batch time"]
) -> Float[Tensor, ""]:
    """Mean over steps of sum_i min(a_i, c_i), c being the weights' sum before the step.

    mask: steps that count (See et al. 2017, eq. 10 and 12).
    """
    before = weights.cumsum(1) - weights
    repeated = torch.minimum(weights, before).sum(2)
    return mean_where(mask, repeated)
