"""Schedules of the probability that the known choice is fed (Bengio et al. 2015, section 2.4)."""

from __future__ import annotations

import math
from typing import Literal

from scipy.special import lambertw

Schedule = Literal["linear", "exponential", "inverse_sigmoid"]


def linear(step: int, slope: float) -> float:
    """1 - c i, not below 0."""
    return max(0.0, 1 - slope * step)


def exponential(step: int, base: float) -> float:
    """Base^i, where the base is below 1."""
    return float(base**step)


def inverse_sigmoid(step: int, scale: float) -> float:
    """Scale k at step i: k / (k + exp(i / k)), where k is at least 1."""
    # exp overflows at 710; the probability is 0 long before.
    return scale / (scale + math.exp(min(step / scale, 700.0)))


def gold_probability(schedule: Schedule, step: int, half: float, smallest: float = 0.0) -> float:
    """Probability of the known choice at `step`, which falls to 1/2 at step `half`.

    The one number makes the three schedules comparable; it stays at `smallest` or above.
    """
    if schedule == "linear":
        probability = linear(step, 0.5 / half)
    elif schedule == "exponential":
        probability = exponential(step, 0.5 ** (1 / half))
    else:
        # k / (k + exp(i / k)) = 1/2 where i = k ln k, which is k = i / W(i).
        probability = inverse_sigmoid(step, half / float(lambertw(half).real))
    return max(smallest, probability)
