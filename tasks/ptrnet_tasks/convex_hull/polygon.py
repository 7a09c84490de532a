"""Exact orientation of points, and what follows from it: areas and simple polygons."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

_ERROR = 4 * float(np.finfo(np.float64).eps)
"""Relative error of a 2 x 2 determinant of differences, rounded up (Shewchuk 1997, section 4.3)."""

_UNDERFLOW = 1e-290
"""Below this a product may have lost bits to underflow, so that `_ERROR` says nothing."""

_PAIRS_AT_ONCE = 250_000


def exact_orientation(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> int:
    """1 if `a -> b -> c` turns left, -1 if it turns right, 0 if straight; rounding never decides.

    Python's own floats or integers: on these it is faster than on numpy's.
    """
    (ax, ay), (bx, by), (cx, cy) = a, b, c
    left, right = (bx - ax) * (cy - ay), (by - ay) * (cx - ax)
    determinant = left - right
    if not abs(determinant) > _ERROR * (abs(left) + abs(right)) + _UNDERFLOW:
        exact = [Fraction(value) for value in (ax, ay, bx, by, cx, cy)]
        ax, ay, bx, by, cx, cy = exact  # type: ignore[assignment]
        determinant = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return (determinant > 0) - (determinant < 0)


def orientation(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Sign of the turn `a -> b -> c`, `(...)` from points `(..., 2)`; 1 is left, 0 on a line.

    Decided in float64 where the rounding error cannot change the sign, else in exact arithmetic.
    """
    a, b, c = np.broadcast_arrays(a, b, c)
    with np.errstate(over="ignore", invalid="ignore"):
        first, second = b - a, c - a
        left, right = first[..., 0] * second[..., 1], first[..., 1] * second[..., 0]
        determinant = left - right
        certain = np.abs(determinant) > _ERROR * (np.abs(left) + np.abs(right)) + _UNDERFLOW
    same = (first == 0).all(-1) | (second == 0).all(-1) | (b == c).all(-1)
    signs = np.where(certain, np.sign(determinant), 0).astype(np.int8)
    for index in zip(*np.nonzero(~certain & ~same), strict=True):
        signs[index] = exact_orientation(a[index].tolist(), b[index].tolist(), c[index].tolist())
    return signs


def signed_area(corners: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Area of each polygon, positive when counter-clockwise: `(count,)`.

    corners: `(count, longest, 2)`; lengths: `(count,)`, how many of them are the polygon.
    """
    if corners.shape[1] == 0:
        return np.zeros(len(corners))
    real = np.arange(corners.shape[1]) < lengths[:, None]
    relative = np.where(real[..., None], corners - corners[:, :1], 0.0)
    following = np.roll(relative, -1, axis=1)
    # The closing edge ends in the first corner, which is the origin, and so adds nothing.
    cross = relative[..., 0] * following[..., 1] - relative[..., 1] * following[..., 0]
    # One after the other: numpy's own order of summing depends on the longest polygon, and so would
    # the last digit of each area.
    return 0.5 * np.cumsum(cross, 1)[:, -1]


def simple_polygons(corners: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Whether each polygon has 3 or more corners and no two of its edges meet: `(count,)`.

    Edges may share the corner between them and nothing else; a corner that comes twice, or an
    edge that folds back, makes the polygon not simple. Corners on a straight edge are fine.

    corners: `(count, longest, 2)`; lengths: `(count,)`, how many of them are the polygon.
    """
    simple = np.zeros(len(corners), bool)
    chosen = np.flatnonzero(lengths >= 3)
    rows = max(1, _PAIRS_AT_ONCE // max(1, corners.shape[1] ** 2))
    for start in range(0, len(chosen), rows):
        part = chosen[start : start + rows]
        simple[part] = ~_crosses_itself(corners[part], lengths[part])
    return simple


def _crosses_itself(corners: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Whether any two edges of each polygon of 3 or more corners meet beyond a shared corner."""
    index = np.arange(corners.shape[1])
    real = index < lengths[:, None]
    following = np.where(real, (index + 1) % lengths[:, None], 0)
    # Padding is set to the first corner, whose orientation costs no exact arithmetic.
    corners = np.where(real[..., None], corners, corners[:, :1])
    ends = np.take_along_axis(corners, following[..., None], 1)
    folds = _folds_back(corners, ends, following)
    crosses = np.asarray((folds & real).any(1))
    step = max(1, _PAIRS_AT_ONCE // corners.shape[1])
    for start in range(0, corners.shape[1], step):
        edges = index[start : start + step]
        meet = _meet(corners, ends, following, edges)
        meet &= real[:, edges, None] & real[:, None] & (edges[:, None] < index)
        meet &= following[:, edges, None] != index
        meet &= following[:, None] != edges[:, None]
        crosses |= meet.any((1, 2))
    return crosses


def _meet(
    corners: np.ndarray, ends: np.ndarray, following: np.ndarray, edges: np.ndarray
) -> np.ndarray:
    """Whether some `edges` of each polygon meet each edge of it: `(count, edges, all)`."""
    starts, stops = corners[:, edges, None], ends[:, edges, None]
    # side[p, i, k]: on which side of edge i of polygon p its corner k lies.
    side = orientation(starts, stops, corners[:, None])
    side_of_end = np.take_along_axis(side, following[:, None], 2)
    one_side = side * side_of_end > 0
    if len(edges) == corners.shape[1]:
        other_side = one_side.swapaxes(1, 2)
    else:
        before, after = (
            orientation(corners[:, None], ends[:, None], each) for each in (starts, stops)
        )
        other_side = before * after > 0
    meet = ~(one_side | other_side)
    row, first, second = np.nonzero(meet & (side == 0) & (side_of_end == 0))
    meet[row, first, second] = _boxes_meet(
        corners[row, edges[first]], ends[row, edges[first]], corners[row, second], ends[row, second]
    )
    return meet


def _boxes_meet(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Whether the bounding boxes of the edges `a b` and `c d` have a point in common: `(count,)`.

    Two edges on one line meet exactly where their boxes do.
    """
    ends_before = np.maximum(a, b) < np.minimum(c, d)
    starts_after = np.minimum(a, b) > np.maximum(c, d)
    return np.asarray(~(ends_before | starts_after).any(-1))


def _folds_back(starts: np.ndarray, ends: np.ndarray, following: np.ndarray) -> np.ndarray:
    """Whether an edge has no length or the edge after it runs back along it: `(count, edge)`."""
    after = np.take_along_axis(ends, following[..., None], 1)
    backwards = ((ends - starts) * (after - ends)).sum(-1) < 0
    empty = (ends == starts).all(-1)
    return empty | (backwards & (orientation(starts, ends, after) == 0))
