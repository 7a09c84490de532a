"""Point sets that have no hull, or more than one answer for it."""

from __future__ import annotations

import numpy as np

from ptrnet_tasks.convex_hull.hull import convex_hulls, gift_wrapping, monotone_chain
from ptrnet_tasks.convex_hull.polygon import signed_area

_ROUNDING = 16 * float(np.finfo(np.float64).eps)
"""Decimals such as 0.1 and 0.3 are rounded when read, which moves points off their line."""


def has_one_hull(points: np.ndarray) -> np.ndarray:
    """Whether each set has an area and a single sequence of corners: `(count,)`.

    points: `(count, n, 2)`, n >= 3, finite.
    """
    points = np.asarray(points, np.float64)
    _, certain = gift_wrapping(points)
    unique = ~_flat(points)
    for row in np.flatnonzero(unique & ~certain):
        unique[row] = _coinciding_corners(points[row]) is None
    return unique


def what_is_degenerate(points: np.ndarray) -> str:
    """Why `points (n, 2)` have no hull or an ambiguous one, for an error message."""
    points = np.asarray(points, np.float64)
    if (points == points[0]).all():
        return f"all {len(points)} points coincide; a hull needs an area"
    pair = _coinciding_corners(points)
    if pair is None or _flat(points[None])[0]:
        return f"all {len(points)} points lie on one line; a hull needs an area"
    return (
        f"points {pair[0] + 1} and {pair[1] + 1} (counted from 1) coincide at a corner of the"
        " hull, so its answer is ambiguous; remove duplicates"
    )


def _flat(points: np.ndarray) -> np.ndarray:
    """Whether each set `(count, n, 2)` lies on a line, up to the rounding of its coordinates."""
    magnitude = np.maximum(np.abs(points).max((1, 2), keepdims=True), 1e-300)
    scaled = points / magnitude
    extent = np.ptp(scaled, axis=1).max(1)
    hulls = convex_hulls(points)
    corners = np.take_along_axis(scaled, np.maximum(hulls, 0)[..., None], 1)
    area = signed_area(corners, (hulls >= 0).sum(1))
    return np.asarray(area <= _ROUNDING * extent)


def _coinciding_corners(points: np.ndarray) -> tuple[int, int] | None:
    """Two positions of one place at a corner of the hull of `points (n, 2)`, if there are any."""
    for corner in monotone_chain(points):
        copies = np.flatnonzero((points == points[corner]).all(1))
        if len(copies) > 1:
            return int(copies[0]), int(copies[1])
    return None
