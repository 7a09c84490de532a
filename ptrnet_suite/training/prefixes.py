"""Prefixes fed to a model that mix known choices and its own."""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ptrnet_suite.data.batch import END, Batch, known_answers
from ptrnet_suite.model.interfaces import Encoded
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.rollout import gumbel_max, roll_out, without_gradient
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.strategies.losses import masked_cross_entropy

Prediction = Literal["argmax", "sampled"]


def _predicted(
    scores: Float[Tensor, "rows choices"], prediction: Prediction, ends: bool
) -> Int[Tensor, " rows"]:
    """Own choices other than END, so that every known choice has a step of its own."""
    if ends:
        scores = scores.clone()
        scores[:, END] = float("-inf")
    return scores.argmax(1) if prediction == "argmax" else gumbel_max(scores)


def _continues(batch: Batch, constraint: Constraint) -> Bool[Tensor, "batch time"]:
    """Where the known answer continues; there own choices may be fed."""
    targets, mask = known_answers(batch, "this strategy")
    return mask & (targets != END) if constraint.ends else mask


def fed_by_steps(
    model: Seq2Seq,
    encoded: Encoded,
    batch: Batch,
    constraint: Constraint,
    keep: Bool[Tensor, "batch time"],
    prediction: Prediction,
) -> Int[Tensor, "batch time"]:
    """Known choices where `keep` and they are still open, else own ones in turn.

    Returns what is fed; it ends where the known answer does.
    """
    targets, _ = known_answers(batch, "this strategy")
    # Without this the known answer's end would be missing where searches are cut off before it.
    constraint = constraint.for_known(targets.shape[1])
    steps = zip(
        targets.unbind(1), _continues(batch, constraint).unbind(1), keep.unbind(1), strict=True
    )

    def choose(scores: Float[Tensor, "rows choices"]) -> Int[Tensor, " rows"]:
        known, going, is_kept = next(steps)
        is_open = scores.gather(1, known.unsqueeze(1)).squeeze(1).isfinite()
        own = _predicted(scores, prediction, constraint.ends)
        return torch.where(going, torch.where(is_kept & is_open, known, own), torch.zeros_like(own))

    with without_gradient(model):
        fed = roll_out(model, batch, constraint, 1, choose, encoded).choices.squeeze(1)
    return torch.nn.functional.pad(fed, (0, targets.shape[1] - fed.shape[1]))


def fed_by_passes(
    model: Seq2Seq,
    encoded: Encoded,
    batch: Batch,
    constraint: Constraint,
    keep: Bool[Tensor, "batch time"],
    prediction: Prediction,
    passes: int,
) -> Int[Tensor, "batch time"]:
    """Known choices where `keep`, else those predicted in parallel.

    The first pass predicts from the known answer, each later one from what the pass before it
    fed (Mihaylova & Martins 2019, section 3; Duckworth et al. 2019, algorithm 1). A predicted
    choice may stand again later; that closes nothing new.
    """
    targets, _ = known_answers(batch, "this strategy")
    keep = keep | ~_continues(batch, constraint)
    fed = targets
    with without_gradient(model):
        for _ in range(passes):
            allowed = constraint.masks_along(batch, model.num_choices(encoded), fed)
            scores = model.along(encoded, fed, allowed).flatten(0, 1)
            own = _predicted(scores, prediction, constraint.ends).view_as(targets)
            fed = torch.where(keep, targets, own)
    return fed


def loss_along(
    model: Seq2Seq,
    encoded: Encoded,
    batch: Batch,
    constraint: Constraint,
    fed: Int[Tensor, "batch time"],
    smoothing: float,
) -> Float[Tensor, ""]:
    """Loss of the known choice at every step of what is fed.

    A known choice that what was fed has closed (a position that was already taken) cannot be
    learned there and is not counted.
    """
    targets, mask = known_answers(batch, "this strategy")
    allowed = constraint.masks_along(batch, model.num_choices(encoded), fed)
    scores = model.along(encoded, fed, allowed)
    counted = mask & allowed.gather(2, targets.unsqueeze(2)).squeeze(2)
    return masked_cross_entropy(scores, allowed, targets, counted, smoothing)
