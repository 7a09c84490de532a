"""Losses of strategies that imitate known answers."""

from __future__ import annotations

import torch
from torch import Tensor


def masked_cross_entropy(
    scores: Tensor, allowed: Tensor, targets: Tensor, mask: Tensor, smoothing: float = 0.0
) -> Tensor:
    """Mean negative log-probability of the targets where `mask` is True, a scalar.

    scores, allowed: `(batch, time, choices)`; targets, mask: `(batch, time)`. With `smoothing` e
    the target keeps 1 - e of the mass and what is allowed shares the rest (Szegedy et al. 2016,
    section 7).
    """
    picked = scores.gather(2, targets.unsqueeze(2)).squeeze(2)
    # A choice that was the only one open costs nothing and says nothing.
    counted = mask & (allowed.sum(2) > 1)
    losses = -picked
    if smoothing:
        mean_score = scores.masked_fill(~allowed, 0).sum(2) / allowed.sum(2)
        losses = (1 - smoothing) * losses - smoothing * mean_score
    return mean_where(counted, losses)


def mean_where(counted: Tensor, losses: Tensor) -> Tensor:
    """Mean of `losses` where `counted` is True, a scalar; 0 where nothing is. Both of one shape."""
    counted_losses = torch.where(counted, losses, torch.zeros_like(losses))
    return counted_losses.sum() / counted.sum().clamp_min(1)
