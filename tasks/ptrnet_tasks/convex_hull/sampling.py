"""Point sets to train and test on."""

from __future__ import annotations

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.sampling import check_distribution
from ptrnet_tasks.convex_hull.hull import convex_hulls, pad_hulls
from ptrnet_tasks.convex_hull.polygon import signed_area
from ptrnet_tasks.points.geometry import DISTRIBUTIONS as PLANE_DISTRIBUTIONS
from ptrnet_tasks.points.geometry import sample_points

DISTRIBUTIONS = (*PLANE_DISTRIBUTIONS, "spread")
"""What `sample` can draw from; `spread` resembles the official 5-point test file."""

_CORNER_WEIGHT = 2.5
_CANDIDATE_POINTS = 50


def sample(size: int, count: int, rng: np.random.Generator, distribution: str) -> np.ndarray:
    """Random points in the unit square, `(count, size, 2)`.

    Raises InputError for an unknown distribution, fewer than 3 points or a count below 1.
    """
    check_distribution(distribution, DISTRIBUTIONS)
    if size < 3:
        raise InputError(f"size {size} is too small; a hull needs at least 3 points")
    if distribution == "spread":
        return _spread(size, count, rng)
    return sample_points(size, count, rng, distribution)


def _spread(size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform sets reweighted towards wide hulls with many corners.

    The official 5-point file is not uniform: its hulls have 3, 4, 5 corners in 4, 36, 60 % of the
    sets (uniform: 11, 54, 35 %), coordinates lean to the edges and points keep apart. Uniform sets
    accepted with a probability proportional to area * 2.5 ** corners agree with it in all of
    this. Each set is drawn among several candidates by that weight (sampling importance
    resampling); fewer candidates for larger sets, where one costs more.
    """
    candidates = max(2, _CANDIDATE_POINTS // size)
    points = sample_points(size, count * candidates, rng)
    hulls, corners = pad_hulls(convex_hulls(points))
    rows = np.arange(len(points))[:, None]
    weights = signed_area(points[rows, hulls], corners) * _CORNER_WEIGHT ** (corners - 3.0)
    cumulative = weights.reshape(count, candidates).cumsum(1)
    drawn = rng.random((count, 1)) * cumulative[:, -1:]
    picked = (cumulative < drawn).sum(1)
    return points.reshape(count, candidates, size, 2)[np.arange(count), picked]
