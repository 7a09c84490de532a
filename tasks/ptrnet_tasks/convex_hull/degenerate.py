"""Point sets that have no hull, and points in one place, of which a hull names the first."""

from __future__ import annotations

import numpy as np

from ptrnet_tasks.convex_hull.hull import convex_hulls
from ptrnet_tasks.convex_hull.polygon import signed_area

_ROUNDING = 16 * float(np.finfo(np.float64).eps)
"""Decimals such as 0.1 and 0.3 are rounded when read, which moves points off their line."""


def on_a_line(points: np.ndarray) -> np.ndarray:
    """Whether each set `(count, n, 2)` lies on a line or in one place, up to rounding: `(count,)`.

    n >= 3, finite.
    """
    points = np.asarray(points, np.float64)
    magnitude = np.maximum(np.abs(points).max((1, 2), keepdims=True), 1e-300)
    scaled = points / magnitude
    extent = np.ptp(scaled, axis=1).max(1)
    hulls = convex_hulls(points)
    corners = np.take_along_axis(scaled, np.maximum(hulls, 0)[..., None], 1)
    area = signed_area(corners, (hulls >= 0).sum(1))
    return np.asarray(area <= _ROUNDING * extent)


def why_without_area(points: np.ndarray) -> str:
    """Why a set of `points (n, 2)` that `on_a_line` tells has no hull, for an error message."""
    where = "coincide" if (points == points[0]).all() else "lie on one line"
    return f"all {len(points)} points {where}; a hull needs an area"


def first_in_place(points: np.ndarray) -> np.ndarray:
    """For each point the smallest position of those in the same place: `(count, n)`.

    points: `(count, n, 2)`.
    """
    order = np.lexsort((points[..., 1], points[..., 0]), axis=1)
    ranked = np.take_along_axis(points, order[..., None], 1)
    new = np.ones(order.shape, bool)
    new[:, 1:] = (ranked[:, 1:] != ranked[:, :-1]).any(2)
    # The sort is stable, so that of points in one place the first stands first.
    start = np.maximum.accumulate(np.where(new, np.arange(order.shape[1]), 0), 1)
    first = np.empty_like(order)
    np.put_along_axis(first, order, np.take_along_axis(order, start, 1), 1)
    return first


def named_by_place(points: np.ndarray, padded: np.ndarray) -> np.ndarray:
    """Closed curves `(count, longest)` by the first position of each place, padded with -1.

    A step between two points in one place is none, so that of these neighbours one stays; a
    position that follows itself stays, which is no polygon.
    points: `(count, n, 2)`.
    """
    first = np.take_along_axis(first_in_place(points), np.maximum(padded, 0), 1)
    renamed = np.where(padded >= 0, first, -1)
    lengths = (padded >= 0).sum(1)
    index = np.arange(padded.shape[1])
    before = np.where(index > 0, index - 1, np.maximum(lengths, 1)[:, None] - 1)
    repeats = renamed == np.take_along_axis(renamed, before, 1)
    repeats &= padded != np.take_along_axis(padded, before, 1)
    # A curve in one place keeps its start.
    repeats[:, :1] &= ~repeats.all(1, keepdims=True, where=padded >= 0)
    dropped = repeats | (padded < 0)
    kept = dropped.argsort(1, kind="stable")
    return np.take_along_axis(np.where(dropped, -1, renamed), kept, 1)
