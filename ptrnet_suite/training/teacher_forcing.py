"""Teacher forcing: the loss along the known answer, in one pass over time."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ptrnet_suite.constraints import Constraint
from ptrnet_suite.data import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model import Seq2Seq


@dataclass(frozen=True)
class TeacherForcing:
    """Mean negative log-probability of each known choice given the known ones before it.

    With `label_smoothing` e the target keeps 1 - e of the mass and what is allowed shares the rest
    (Szegedy et al. 2016, section 7).
    """

    label_smoothing: float = 0.0

    def loss(self, model: Seq2Seq, batch: Batch, constraint: Constraint) -> Tensor:
        """A scalar; raises InputError for a batch without solutions."""
        if batch.targets is None or batch.target_mask is None:
            raise InputError("teacher forcing needs solutions, and the training data has none")
        allowed = constraint.along(batch, model.choices_of(batch), batch.targets)
        scores = model(batch, batch.targets, allowed)
        picked = scores.gather(2, batch.targets.unsqueeze(2)).squeeze(2)
        # A choice that was the only one open costs nothing and says nothing.
        counted = batch.target_mask & (allowed.sum(2) > 1)
        losses = -picked
        if self.label_smoothing:
            spread = scores.masked_fill(~allowed, 0).sum(2) / allowed.sum(2)
            losses = (1 - self.label_smoothing) * losses - self.label_smoothing * spread
        kept = torch.where(counted, losses, torch.zeros_like(losses))
        return kept.sum() / counted.sum().clamp_min(1)
