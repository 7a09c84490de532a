"""How sure a measured figure is: 95 % intervals of a ratio of sums over instances."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ptrnet_suite.task import Score

GATHERED = 4_000_000
"""Most resampled values held at once; 32 MB of float64."""


class Estimate(NamedTuple):
    """A figure with its interval."""

    value: float
    low: float
    high: float


def binomial_interval(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a proportion (Clopper and Pearson, Biometrika 26, 1934)."""
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low, high = 0.0, 1.0
    if successes > 0:
        low = float(betaincinv(successes, trials - successes + 1, tail))
    if successes < trials:
        high = float(betaincinv(successes + 1, trials - successes, 1 - tail))
    return low, high


def bootstrap_interval(
    values: np.ndarray,
    weights: np.ndarray,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile bootstrap of sum(values) / sum(weights), instances resampled with replacement.

    values, weights: `(count,)`. Resamples whose weights sum to 0 do not count.
    """
    rng = np.random.default_rng(seed)
    pairs = np.stack([values, weights], 1).astype(np.float64)
    kinds, repeats = np.unique(pairs, axis=0, return_counts=True)
    if 8 * len(kinds) < len(pairs):
        # Few distinct outcomes: how often each is drawn is multinomial, which is far cheaper.
        sums = rng.multinomial(len(pairs), repeats / len(pairs), resamples) @ kinds
    else:
        rows = max(1, GATHERED // (2 * len(pairs)))
        sums = np.concatenate(
            [
                pairs[rng.integers(0, len(pairs), (min(rows, resamples - start), len(pairs)))].sum(
                    1
                )
                for start in range(0, resamples, rows)
            ]
        )
    sums = sums[sums[:, 1] > 0]
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(sums[:, 0] / sums[:, 1], [tail, 100 - tail])
    return float(low), float(high)


def estimate(
    score: Score,
    share: bool = False,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Estimate:
    """A score's value and interval.

    share: whether it is a share of something, between 0 and 1. A share of yes-or-no outcomes gets
    the exact binomial interval, and so does any other share that came out at exactly 0 or 1
    (instances are then the trials), where resampling would claim certainty. All else, such as a
    gap or a length, is resampled. NaN throughout when the weights sum to 0.
    """
    values = np.asarray(score.values, np.float64)
    weights = np.ones_like(values) if score.weights is None else np.asarray(score.weights, float)
    total = weights.sum()
    if total <= 0:
        return Estimate(np.nan, np.nan, np.nan)
    value = float(values.sum() / total)
    if share:
        outcomes = bool(np.isin(values, (0, 1)).all() and (weights == 1).all())
        if outcomes or (value in (0.0, 1.0) and (values >= 0).all()):
            trials = int((weights > 0).sum())
            return Estimate(value, *binomial_interval(round(value * trials), trials, level))
    return Estimate(value, *bootstrap_interval(values, weights, level, resamples, seed))
