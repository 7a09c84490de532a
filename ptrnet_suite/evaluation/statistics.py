"""Estimates with 95 % intervals, for figures that are made of sums over instances."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from ptrnet_suite.task.metric import Corpus, MetricValues

MAX_DRAWS = 2_000_000
"""Most draws of an instance held at once; 16 MB."""

PIECE = 50_000
"""Rows that are sorted at once."""


@final
class Estimate(NamedTuple):
    """A figure with its interval, whose bounds are NaN where one instance or none counts."""

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


def resampled_sums(counts: np.ndarray, resamples: int = 2000, seed: int = 0) -> np.ndarray:
    """Sums `(resamples, statistics)` of `counts (count, statistics)`, rows drawn with replacement.

    A figure of such sums varies as it would on other instances (Koehn, EMNLP 2004, section 3, for
    BLEU).
    """
    rng = np.random.default_rng(seed)
    counts = np.asarray(counts, np.float64)
    kinds, repeats = _kinds(counts)
    if 8 * len(kinds) < len(counts):
        # Few distinct outcomes: how often each is drawn is multinomial, which is far cheaper.
        return rng.multinomial(len(counts), repeats / len(counts), resamples) @ kinds
    return np.concatenate(
        [
            _draw_counts(rng, len(counts), rows) @ counts
            for rows in _portion_sizes(resamples, max(1, MAX_DRAWS // len(counts)))
        ]
    )


def _kinds(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct rows and how often each is there; piece by piece, since sorting copies its rows."""
    pieces = [
        np.unique(rows[first : first + PIECE], axis=0, return_counts=True)
        for first in range(0, max(1, len(rows)), PIECE)
    ]
    if len(pieces) == 1:
        return pieces[0]
    every = np.concatenate([kinds for kinds, _ in pieces])
    kinds, kind_of = np.unique(every, axis=0, return_inverse=True)
    repeats = np.zeros(len(kinds), np.int64)
    np.add.at(repeats, kind_of.reshape(-1), np.concatenate([counts for _, counts in pieces]))
    return kinds, repeats


def _draw_counts(rng: np.random.Generator, count: int, rows: int) -> np.ndarray:
    """How often each of `count` is among `count` draws, `(rows, count)`."""
    drawn = rng.integers(0, count, (rows, count)) + count * np.arange(rows)[:, None]
    return np.bincount(drawn.ravel(), minlength=rows * count).reshape(rows, count).astype(float)


def _portion_sizes(total: int, largest: int) -> list[int]:
    return [min(largest, total - start) for start in range(0, total, largest)]


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
    sums = resampled_sums(np.stack([values, weights], 1), resamples, seed)
    sums = sums[sums[:, 1] > 0]
    return _central_range(sums[:, 0] / sums[:, 1], level)


def corpus_estimate(
    corpus: Corpus, level: float = 0.95, resamples: int = 2000, seed: int = 0
) -> Estimate:
    """A corpus's figure with its percentile bootstrap interval; NaN where it has none."""
    if not len(corpus.counts):
        return Estimate(np.nan, np.nan, np.nan)
    value = float(corpus.figure(np.asarray(corpus.counts, np.float64).sum(0)))
    counts = np.asarray(corpus.counts)
    counts = counts[counts.any(1)]
    if len(counts) < 2:
        return Estimate(value, np.nan, np.nan)
    figures = corpus.figure(resampled_sums(counts, resamples, seed))
    figures = figures[~np.isnan(figures)]
    if np.isnan(value) or not len(figures):
        return Estimate(value, np.nan, np.nan)
    return Estimate(value, *_central_range(figures, level))


def _central_range(figures: np.ndarray, level: float) -> tuple[float, float]:
    """Bounds of the central `level` of the figures."""
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(figures, [tail, 100 - tail])
    return float(low), float(high)


def estimate(
    score: MetricValues,
    share: bool = False,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Estimate:
    """A score's value and interval.

    share: whether it is a share of something, between 0 and 1. A share of yes-or-no outcomes gets
    the exact binomial interval, and so does any other share that came out at exactly 0 or 1
    (instances are then the trials), where resampling would claim certainty. All else, such as a
    gap or a length, is resampled. Only instances with a weight count. One instance that counts
    tells nothing of others: its bounds are NaN. NaN throughout when the weights sum to 0.
    """
    if score.corpus is not None:
        return corpus_estimate(score.corpus, level, resamples, seed)
    values = np.asarray(score.values, np.float64)
    weights = np.ones_like(values) if score.weights is None else np.asarray(score.weights, float)
    counts = (weights != 0) | (values != 0)
    if not counts.all():
        values, weights = values[counts], weights[counts]
    total = weights.sum()
    if total <= 0:
        return Estimate(np.nan, np.nan, np.nan)
    value = float(values.sum() / total)
    if (weights > 0).sum() < 2:
        return Estimate(value, np.nan, np.nan)
    if share:
        outcomes = bool(np.isin(values, (0, 1)).all() and (weights == 1).all())
        if outcomes or (value in (0.0, 1.0) and (values >= 0).all()):
            trials = int((weights > 0).sum())
            return Estimate(value, *binomial_interval(round(value * trials), trials, level))
    return Estimate(value, *bootstrap_interval(values, weights, level, resamples, seed))
