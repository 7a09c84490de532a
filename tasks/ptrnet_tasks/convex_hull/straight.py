"""Corners of a polygon that are none: points in the middle of a straight edge."""

from __future__ import annotations

import numpy as np

from ptrnet_tasks.convex_hull.polygon import orientation


def without_straight_corners(points: np.ndarray, padded: np.ndarray) -> np.ndarray:
    """Closed curves `(count, longest)` without the points at which they go straight on.

    Decided exactly, as the hull's corners are; a curve that turns back stays as it is, and so does
    one of fewer than four points. points: `(count, n, 2)`; padded with -1.
    """
    lengths = (padded >= 0).sum(1, keepdims=True)
    index = np.arange(padded.shape[1])
    real = index < lengths
    following = np.where(real, (index + 1) % np.maximum(lengths, 1), 0)
    before = np.where(real, (index - 1) % np.maximum(lengths, 1), 0)
    # Padding is set to the first point, where no angle needs exact arithmetic.
    places = np.where(real, np.maximum(padded, 0), np.maximum(padded[:, :1], 0))
    here = np.take_along_axis(points, places[..., None], 1)
    last, next_one = (np.take_along_axis(here, side[..., None], 1) for side in (before, following))
    ahead = ((here - last) * (next_one - here)).sum(-1) > 0
    straight = real & ahead & (lengths > 3) & (orientation(last, here, next_one) == 0)
    kept = (straight | ~real).argsort(1, kind="stable")
    return np.take_along_axis(np.where(straight, -1, padded), kept, 1)
