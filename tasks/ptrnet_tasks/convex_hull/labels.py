"""Which labels of a file are hulls of their points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ptrnet_tasks.convex_hull.batching import stack
from ptrnet_tasks.convex_hull.hull import convex_hulls, pad_hulls, split_hulls
from ptrnet_tasks.convex_hull.polygon import signed_area, simple_polygons

_ROUNDING = 1e-6
"""Share of a hull's area by which a label may miss it: coordinates are often kept as float32."""

_POINTS_AT_ONCE = 2**21


def hulls_that_labels_draw(
    inputs: Sequence[np.ndarray] | np.ndarray, labels: Sequence[np.ndarray]
) -> tuple[list[np.ndarray], np.ndarray]:
    """The hull of each set in the official form, and whether its label draws it: `(count,)`.

    labels: in the official form, named by place. A label that keeps points in the middle of edges
    draws the hull, too. Sets of fewer than three points or without an area keep their label.
    """
    sizes = np.array([len(points) for points in inputs])
    found, drawn = list(labels), np.ones(len(sizes), bool)
    step = max(1, _POINTS_AT_ONCE // max(1, int(sizes.max(initial=1))))
    for start in range(0, len(sizes), step):
        chosen = np.arange(start, min(start + step, len(sizes)))
        chosen = chosen[sizes[chosen] >= 3]
        if not len(chosen):
            continue
        points, _ = stack([np.asarray(inputs[int(index)]) for index in chosen])
        hulls = convex_hulls(points)
        drawn[chosen] = _draw(points, pad_hulls([labels[int(index)] for index in chosen])[0], hulls)
        for index, hull in zip(chosen, split_hulls(hulls), strict=True):
            if len(hull) >= 3:
                found[index] = hull
    return found, drawn


def _draw(points: np.ndarray, labels: np.ndarray, hulls: np.ndarray) -> np.ndarray:
    """Whether each label `(count, longest)` draws the hull of its points, up to rounding.

    A simple polygon with corners among the points lies in their hull, and is it when as large.
    """
    width = max(labels.shape[1], hulls.shape[1])
    labels, hulls = (
        np.pad(rows, ((0, 0), (0, width - rows.shape[1])), constant_values=-1)
        for rows in (labels, hulls)
    )
    same = (labels == hulls).all(1)
    rows = np.flatnonzero(~same)
    if not len(rows):
        return same
    # Coordinates far beyond one would overflow when they are multiplied.
    scaled = points[rows] / np.maximum(np.abs(points[rows]).max((1, 2), keepdims=True), 1e-300)
    drawn, lengths = _corners(scaled, labels[rows])
    area, whole = signed_area(drawn, lengths), signed_area(*_corners(scaled, hulls[rows]))
    same[rows] = (area >= (1 - _ROUNDING) * whole) & simple_polygons(drawn, lengths)
    # Without an area there is nothing to draw, which is said of the points.
    same[rows] |= whole <= 0
    return same


def _corners(points: np.ndarray, sequences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    corners = np.take_along_axis(points, np.maximum(sequences, 0)[..., None], 1)
    return corners, (sequences >= 0).sum(1)
