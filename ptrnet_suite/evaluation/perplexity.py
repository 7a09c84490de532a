"""Log-probabilities of known answers under a model, and their perplexity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ptrnet_suite.data.batch import Batch, known_answers
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import batches_by_size, evaluating
from ptrnet_suite.evaluation.report import PERPLEXITY
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import Corpus, MetricValues

if TYPE_CHECKING:
    from ptrnet_suite.model.sequence_model import SequenceModel
    from ptrnet_suite.task.constraint import Constraint

MAX_SCORES = 2**24
"""Log-probabilities held at once; 64 MB, and about three times that while they are made."""


def likelihood_scores(
    model: SequenceModel, task: Task, instances: Instances, batch_size: int | None = None
) -> Mapping[str, MetricValues]:
    """Perplexity where outputs are tokens of a vocabulary and solutions are known, else nothing."""
    if instances.solutions is None or task.spec.outputs != "vocabulary":
        return {}
    return {PERPLEXITY.name: perplexity(model, task, instances, batch_size)}


def perplexity(
    model: SequenceModel, task: Task, instances: Instances, batch_size: int | None = None
) -> MetricValues:
    """The exponential of the mean surprise in nats at a known token after the known ones before.

    The mean is over all counted tokens of all instances, END included; of several references the
    first is taken. Raises InputError for instances without solutions.
    """
    device, constraint = next(model.parameters()).device, task.constraint()
    counts = np.zeros((len(instances), 2))
    with evaluating(model):
        for indices in batches_by_size(instances.sizes(), batch_size, 1):
            batch = task.batch(instances.subset(indices)).to(device)
            sums = [
                _nats_and_tokens(model, part, constraint) for part in _batch_parts(model, batch)
            ]
            counts[indices] = torch.cat(sums).cpu().numpy()
    return MetricValues(_per_token(counts), corpus=Corpus(counts, _per_token))


def log_probabilities(
    model: SequenceModel, task: Task, instances: Instances, batch_size: int | None = None
) -> np.ndarray:
    """Of each known answer in nats, `(count,)` float64, END included; teacher forcing.

    Minus infinity where the constraint does not allow it. Of several references the first is
    taken. Raises InputError for instances without solutions.
    """
    device, constraint = next(model.parameters()).device, task.constraint()
    totals = np.zeros(len(instances))
    with evaluating(model):
        for indices in batches_by_size(instances.sizes(), batch_size, 1):
            batch = task.batch(instances.subset(indices)).to(device)
            scored = [_picked(model, part, constraint) for part in _batch_parts(model, batch)]
            sums = [nats.masked_fill(~mask, 0).sum(1) for nats, mask, _ in scored]
            totals[indices] = torch.cat(sums).cpu().numpy()
    return totals


def _per_token(sums: np.ndarray) -> np.ndarray:
    """Perplexity of nats and tokens `(..., 2)`."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.exp(sums[..., 0] / sums[..., 1])


def _batch_parts(model: SequenceModel, batch: Batch) -> Iterator[Batch]:
    """The batch in parts whose log-probabilities are no more than `SCORED`."""
    targets, _ = known_answers(batch, "perplexity")
    scores_per_row = targets.shape[1] * model.num_choices_of(batch)
    for rows in torch.arange(batch.size).split(max(1, MAX_SCORES // scores_per_row)):
        yield batch.rows(rows)


def _nats_and_tokens(
    model: SequenceModel, batch: Batch, constraint: Constraint
) -> Float[Tensor, "batch 2"]:
    """Negative log-probability in nats of each known answer, and its tokens."""
    picked, mask, open_choices = _picked(model, batch, constraint)
    # A choice that was the only one open costs nothing and says nothing.
    counted = mask & (open_choices > 1)
    nats = -torch.where(counted, picked, torch.zeros_like(picked)).sum(1)
    return torch.stack([nats, counted.sum(1).double()], 1)


def _picked(
    model: SequenceModel, batch: Batch, constraint: Constraint
) -> tuple[Float[Tensor, "batch time"], Bool[Tensor, "batch time"], Int[Tensor, "batch time"]]:
    """Log-probabilities of the targets, which of these count, and how many choices were open."""
    targets, mask = known_answers(batch, "the probability of an answer")
    encoded = model.encode(batch)
    allowed = constraint.masks_along(batch, model.num_choices(encoded), targets)
    scores = model.along(encoded, targets, allowed)
    return scores.gather(2, targets.unsqueeze(2)).squeeze(2).double(), mask, allowed.sum(2)
