"""Answers of several searches compared by their probability under the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ptrnet_suite.data.batch import END, Batch, pad
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import batches_by_size, evaluating
from ptrnet_suite.model.sequence_model import SequenceModel
from ptrnet_suite.search.rollout import log_likelihood
from ptrnet_suite.task.base import Task

EQUAL = 1e-4
"""Nats by which an answer may lie below another and still be as probable: float32 noise."""


def missed_answers(
    model: SequenceModel,
    task: Task,
    instances: Instances,
    choices_by_search: Sequence[Sequence[np.ndarray]],
    batch_size: int | None = None,
) -> np.ndarray:
    """Which answers are less probable than another of the same instance, `(searches, count)`.

    choices_by_search: for each search the choices, without END, of every instance. An answer that
    means the same as the most probable one, such as the same tour backwards, has not missed it.
    Probabilities are all taken in the same passes: searches return their own, but those of
    `augment` are of another view, and those of `multistart` leave the first choice out.
    """
    constraint, device = task.constraint(), next(model.parameters()).device
    searches, sizes = len(choices_by_search), instances.sizes()
    missed = np.zeros((searches, len(instances)), bool)
    with evaluating(model):
        for indices in batches_by_size(sizes, batch_size, searches):
            batch = task.batch(instances.subset(indices)).to(device)
            rows = [answers[index] for index in indices for answers in choices_by_search]
            padded = np.pad(pad(rows)[0], ((0, 0), (0, int(constraint.ends))))
            choices = torch.from_numpy(padded).long().to(device).view(batch.size, searches, -1)
            encoded = model.encode(batch)
            log_probabilities = log_likelihood(model, encoded, batch, constraint, choices)
            best = log_probabilities.max(1)
            below = best.values.unsqueeze(1) - log_probabilities > EQUAL
            equivalent = _equivalent(task, batch, choices, best.indices)
            missed[:, indices] = (below & ~equivalent).cpu().numpy().T
    return missed


def _equivalent(task: Task, batch: Batch, choices: Tensor, best: Tensor) -> Tensor:
    """Which of `choices (batch, searches, time)` mean the same as number `best (batch,)`."""
    rows = torch.arange(batch.size, device=best.device)
    targets = choices[rows, best]
    if task.spec.ends:
        mask = ((targets == END).cumsum(1) - (targets == END).long()) == 0
    else:
        mask = batch.input_mask
    equivalents = task.equivalents(batch._replace(targets=targets, target_mask=mask))
    if equivalents is None:
        equivalents = targets.unsqueeze(1)
    return (choices.unsqueeze(2) == equivalents.unsqueeze(1)).all(3).any(2)
