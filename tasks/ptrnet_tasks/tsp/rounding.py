"""Where TSPLIB's rounding to whole numbers tells little, lengths in real numbers are told, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_tasks.tsp.distances import TSPLIB_RULES, Distances, distances, shown
from ptrnet_tasks.tsp.ends import CLOSED, Ends

COARSE = 0.1
"""Rounding is coarse where it changes distances to the nearest city by a tenth on average."""


def is_coarse(measure: Distances) -> bool:
    """Whether a rule's rounding changes the distances that tours are made of a lot."""
    if measure.rule not in TSPLIB_RULES or not measure.rounded or len(measure.data) < 2:
        return False
    from scipy.spatial import cKDTree

    _, nearest = cKDTree(measure.data).query(measure.data, k=2)
    # Of cities in one place the nearest may be named first.
    cities = np.arange(len(nearest))
    others = np.where(nearest[:, 0] == cities, nearest[:, 1], nearest[:, 0])
    real = measure.unrounded().between(cities, others)
    changed = np.abs(measure.between(cities, others) - real)[real > 0]
    return bool(changed.sum() > COARSE * real.sum())


def rounding_note(measure: Distances) -> str:
    """A sentence for an instance whose distances are rounded coarsely; else nothing."""
    if not is_coarse(measure):
        return ""
    return (
        f"TSPLIB's {measure.rule} rounds every distance to a whole number, which changes "
        f"these a lot, so lengths and gaps are also told in real numbers; coordinates times 1000, "
        f"or the points as .csv, would do without"
    )


METRICS = (
    Metric("real_length", "length before rounding", higher_is_better=False, kind="number"),
    Metric("real_gap", "real length above the best real one", higher_is_better=False),
)
"""Metrics of instances that are rounded coarsely."""


def unrounded(instances: Instances) -> Instances:
    """The same instances with distances in real numbers, and without solutions of the others."""
    measures = [distances(instances, index).unrounded() for index in range(len(instances))]
    kept = {name: column for name, column in instances.columns.items() if name != "length"}
    return replace(instances, solutions=None, columns={**kept, "distances": measures})


def coarse_indices(instances: Instances) -> list[int]:
    """Which instances are rounded coarsely."""
    if "distances" not in instances.columns:
        return []
    return [index for index in range(len(instances)) if is_coarse(distances(instances, index))]


def real_length(instances: Instances, index: int, tour: Any, ends: Ends = CLOSED) -> str:
    """` (2.5 before rounding)` for a tour of an instance that is rounded coarsely; else nothing."""
    if index not in coarse_indices(instances):
        return ""
    length = ends.lengths(unrounded(instances.subset([index])), [tour])[0]
    return f" ({shown(length)} before rounding)"


def unrounded_scores(
    instances: Instances, tours: Sequence[Any], solve: Any, ends: Ends = CLOSED
) -> Mapping[str, MetricValues]:
    """`METRICS` of the instances that are rounded coarsely; nothing where there are none.

    solve: instances -> short tours of them, for the best real length.
    """
    coarse = coarse_indices(instances)
    if not coarse:
        return {}
    real = unrounded(instances.subset(coarse))
    lengths = ends.lengths(real, [tours[index] for index in coarse])
    best = ends.lengths(real, solve(real))
    valid = ~np.isnan(lengths)
    values, weights = np.zeros((2, len(instances))), np.zeros(len(instances))
    values[0, coarse] = np.where(valid, lengths, 0)
    values[1, coarse] = np.where(valid & (best > 0), lengths / np.where(best > 0, best, 1) - 1, 0)
    weights[coarse] = valid
    return {
        "real_length": MetricValues(values[0], weights),
        "real_gap": MetricValues(values[1], weights, "the best real tour found"),
    }
