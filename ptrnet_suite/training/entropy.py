"""Entropy of a model along its own answers."""

from __future__ import annotations

import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.sequence_model import SequenceModel
from ptrnet_suite.runtime.random_state import kept_random_state
from ptrnet_suite.search.rollout import sample, scores_along, without_gradient
from ptrnet_suite.task.constraint import Constraint


def policy_entropy(
    model: SequenceModel, batch: Batch, constraint: Constraint, seed: int = 0
) -> float:
    """Mean entropy (nats) of a choice, over the steps of one sampled answer for each instance.

    Steps at which only one choice is allowed do not count; 0 where there is no other. Draws from a
    stream of its own.
    """
    with kept_random_state(), without_gradient(model):
        torch.manual_seed(seed)
        encoded = model.encode(batch)
        choices = sample(model, encoded, batch, constraint, 1)
        scores, allowed = scores_along(model, encoded, batch, constraint, choices)
    possible = allowed & ~scores.isneginf()
    entropies = -(scores.exp() * scores.masked_fill(~possible, 0)).sum(2)
    counted = possible.sum(2) > 1
    return float(entropies[counted].sum() / counted.sum().clamp_min(1))
