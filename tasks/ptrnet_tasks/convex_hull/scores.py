"""How answers compare with the true hulls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_tasks.convex_hull.batching import stack
from ptrnet_tasks.convex_hull.degenerate import named_by_place
from ptrnet_tasks.convex_hull.hull import pad_hulls, start_at_smallest
from ptrnet_tasks.convex_hull.polygon import signed_area, simple_polygons
from ptrnet_tasks.convex_hull.solvers import hulls_of
from ptrnet_tasks.points.geometry import to_unit_square

FAIL_ABOVE = 0.01
"""The paper prints FAIL for the area when more than 1 % of the polygons are not simple (4.1)."""

FAILURE = "more than 1 % of the answers are no simple polygons, so the others' area says little"

METRICS = (
    Metric("exact", "answers that draw the hull: the same polygon, counter-clockwise", True),
    Metric("same_set", "answers with the hull's corners, in whatever order", True),
    Metric(
        "area_ratio",
        "area of the answer over the hull's, over simple answers; FAIL where simple is below 99 %",
        True,
    ),
    Metric("simple", "answers of 3 or more corners whose edges do not cross or touch", True),
)


def score_hulls(
    instances: Instances, answers: Sequence[np.ndarray] | np.ndarray
) -> dict[str, MetricValues]:
    """The scores of METRICS against the known hulls, which else are made."""
    hulls = instances.solutions
    if hulls is None:
        hulls = hulls_of(instances.inputs)
    return compare(instances.inputs, answers, hulls)


def compare(
    inputs: Sequence[np.ndarray] | np.ndarray,
    answers: Sequence[np.ndarray] | np.ndarray,
    hulls: Sequence[np.ndarray] | np.ndarray,
) -> dict[str, MetricValues]:
    """The scores of METRICS; answers and hulls are open sequences of positions, and of
    points in one place they may name any.
    """
    points, _ = stack(inputs)
    named = [named_by_place(points, pad_hulls(rows)[0]) for rows in (answers, hulls)]
    (given, lengths), (true, true_lengths) = _same_width(*map(pad_hulls, named))
    exact = (start_at_smallest(given) == start_at_smallest(true)).all(1)
    same_set = (np.sort(given, 1) == np.sort(true, 1)).all(1)
    simple = simple_polygons(_corners(points, given), lengths)
    points = to_unit_square(points)
    area = np.abs(signed_area(_corners(points, given), lengths))
    true_area = np.abs(signed_area(_corners(points, true), true_lengths))
    fails = (~simple).sum() > FAIL_ABOVE * len(simple)
    ratio = np.divide(area, true_area, out=np.zeros(len(area)), where=simple & (true_area > 0))
    return {
        "exact": MetricValues(exact.astype(float)),
        "same_set": MetricValues(same_set.astype(float)),
        "area_ratio": MetricValues(
            ratio,
            simple.astype(float),
            failure=FAILURE if fails else None,
            tolerated=FAIL_ABOVE,
        ),
        "simple": MetricValues(simple.astype(float)),
    }


def _corners(points: np.ndarray, sequences: np.ndarray) -> np.ndarray:
    return np.take_along_axis(points, np.maximum(sequences, 0)[..., None], 1)


def _same_width(
    *padded: tuple[np.ndarray, np.ndarray],
) -> list[tuple[np.ndarray, np.ndarray]]:
    width = max(rows.shape[1] for rows, _ in padded)
    return [
        (np.pad(rows, ((0, 0), (0, width - rows.shape[1])), constant_values=-1), lengths)
        for rows, lengths in padded
    ]
