"""Distillation: a student learns the probabilities of teachers along known answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ptrnet_suite.data.batch import Batch, known_answers
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.ensemble import Ensemble
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import Violation, number
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState
from ptrnet_suite.training.strategies.losses import masked_cross_entropy, mean_where, possible


@final
@dataclass(frozen=True)
class Distillation(Strategy):
    """Imitates known answers and the mean of several teachers' probabilities along them.

    Word-level distillation (Hinton et al. 2015; Kim & Rush 2016, eq. 4) from an ensemble. Where
    answers are the teachers' own to further inputs, it is what Sun et al. 2019 do for g2p. Raises
    InputError for no teacher, and for one that reads or chooses other things than the student.
    """

    teachers: list[str]
    """shipped checkpoints, files or runs, of the student's task and vocabularies"""
    known: float = number(0.5, low=0, high=1)
    """share of the target that the known choice gets; the teachers' mean gets the rest"""

    def violations(self) -> Iterator[Violation]:
        """Somebody must teach."""
        if not self.teachers:
            yield Violation("teachers", "accepted are lists of one checkpoint or more")

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        targets, mask = known_answers(batch, "distillation")
        encoded = model.encode(batch)
        allowed = constraint.masks_along(batch, model.num_choices(encoded), targets)
        scores = model.along(encoded, targets, allowed)
        probabilities = self._teacher_probabilities(model, batch, targets, allowed)
        known = masked_cross_entropy(scores, allowed, targets, mask)
        soft = soft_loss(scores, probabilities, allowed, mask)
        return self.known * known + (1 - self.known) * soft

    def _teacher_probabilities(
        self,
        model: Seq2Seq,
        batch: Batch,
        targets: Int[Tensor, "batch time"],
        allowed: Bool[Tensor, "batch time choices"],
    ) -> Float[Tensor, "batch time choices"]:
        """The teachers' mean probabilities."""
        teachers = _together(tuple(self.teachers), batch.inputs.device)
        for name, teacher in zip(self.teachers, teachers.members, strict=True):
            if teacher.spec != model.spec:
                raise InputError(f"teacher {name} reads or chooses other things than the model")
        with torch.no_grad():
            return teachers.along(teachers.encode(batch), targets, allowed).exp()


@cache
def _together(names: tuple[str, ...], device: torch.device) -> Ensemble:
    teachers = Ensemble([load_checkpoint(name).model for name in names])
    return teachers.to(device).eval()


def soft_loss(
    scores: Float[Tensor, "batch time choices"],
    probabilities: Float[Tensor, "batch time choices"],
    allowed: Bool[Tensor, "batch time choices"],
    mask: Bool[Tensor, "batch time"],
) -> Float[Tensor, ""]:
    """Mean cross-entropy of log-probabilities `scores` against probabilities.

    mask: steps that count.
    """
    allowed = possible(scores, allowed)
    counted = mask & (allowed.sum(2) > 1)
    losses = -(probabilities * scores.masked_fill(~allowed, 0)).sum(2)
    return mean_where(counted, losses)
