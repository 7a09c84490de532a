"""Losses of strategies that imitate known answers."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def masked_cross_entropy(
    scores: Float[Tensor, "batch time choices"],
    allowed: Bool[Tensor, "batch time choices"],
    targets: Int[Tensor, "batch time"],
    mask: Bool[Tensor, "batch time"],
    smoothing: float = 0.0,
) -> Float[Tensor, ""]:
    """Mean negative log-probability of the targets where `mask` is True.

    With `smoothing` e
    the target keeps 1 - e of the mass and what is allowed shares the rest (Szegedy et al. 2016,
    section 7).
    """
    allowed = possible(scores, allowed)
    picked = scores.gather(2, targets.unsqueeze(2)).squeeze(2)
    # A choice that was the only one open costs nothing and says nothing.
    counted = mask & (allowed.sum(2) > 1)
    losses = -picked
    if smoothing:
        mean_score = scores.masked_fill(~allowed, 0).sum(2) / allowed.sum(2)
        losses = (1 - smoothing) * losses - smoothing * mean_score
    return mean_where(counted, losses)


def possible(
    scores: Float[Tensor, "*shape choices"], allowed: Bool[Tensor, "*shape choices"]
) -> Bool[Tensor, "*shape choices"]:
    """Which choices are allowed and have a probability: padding has none, whatever a rule says."""
    return allowed & ~scores.isneginf()


def mean_where(
    counted: Bool[Tensor, "*shape"], losses: Float[Tensor, "*shape"]
) -> Float[Tensor, ""]:
    """Mean of `losses` where `counted` is True; 0 where nothing is."""
    counted_losses = torch.where(counted, losses, torch.zeros_like(losses))
    return counted_losses.sum() / counted.sum().clamp_min(1)
