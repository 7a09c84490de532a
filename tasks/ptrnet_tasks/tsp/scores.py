"""How tours are scored, and what they are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.metric import MetricValues
from ptrnet_tasks.points.files import SOLVER_COLUMN
from ptrnet_tasks.tsp.distances import distances, shown, tour_lengths
from ptrnet_tasks.tsp.solvers import LABELLED_EXACTLY, label_tours

_RELATIVE = 1e-6


def solver_names(instances: Instances) -> np.ndarray:
    """Which solver labels each instance, `(count,)`."""
    return np.where(instances.sizes() <= LABELLED_EXACTLY, "exact", "fast-tsp")


def reference_lengths(instances: Instances) -> tuple[np.ndarray, str]:
    """Length to hold each tour against, `(count,)`, and its name.

    The known solution, else the known length, else exact or fast-tsp by size.
    """
    if instances.solutions is not None:
        return tour_lengths(instances, instances.solutions), _solution_name(instances)
    if "length" in instances.columns:
        return np.asarray(instances.columns["length"], float), "the file's length"
    tours = label_tours(instances, patience=5)
    return tour_lengths(instances, tours), _joined(solver_names(instances))


def has_reference(instances: Instances) -> bool:
    """Whether a solution or a length is known, so that none need be searched for."""
    return instances.solutions is not None or "length" in instances.columns


def _joined(names: Any) -> str:
    return " and ".join(sorted(set(map(str, names))))


def _solution_name(instances: Instances) -> str:
    if SOLVER_COLUMN in instances.columns:
        return _joined(instances.columns[SOLVER_COLUMN])
    return "the given solution" if instances.source == "generated" else "the file's solution"


def score_tours(instances: Instances, tours: Sequence[Any]) -> Mapping[str, MetricValues]:
    """Gap, length, optimal and valid of each tour; gap and length count valid tours alone."""
    lengths = tour_lengths(instances, tours)
    known, name = reference_lengths(instances)
    valid = ~np.isnan(lengths)
    counted, real = valid.astype(float), np.where(valid, lengths, known)
    # Integer lengths are equal or not; floats depend on the order in which edges are summed.
    whole = [distances(instances, index).integer for index in range(len(instances))]
    optimal = valid & (real <= known * np.where(whole, 1.0, 1 + _RELATIVE))
    return {
        "gap": MetricValues(real / known - 1, counted, name),
        "length": MetricValues(np.where(valid, lengths, 0.0), counted),
        "optimal": MetricValues(optimal.astype(float), None, name),
        "valid": MetricValues(counted),
    }


def shown_gap(gap: float) -> str:
    """A gap in per cent; rounding below zero gives a plain zero."""
    return f"{round(gap, 4) + 0.0:.2%}"


def described(instances: Instances, index: int, tour: Any) -> str:
    """Length, gap where a solution or length is known, and the cities, counted from 0."""
    one = instances.subset([index])
    length = float(tour_lengths(one, [tour])[0])
    if np.isnan(length):
        return "not a tour: it does not visit each city exactly once"
    text = f"length {shown(length)}"
    if has_reference(one):
        known, name = reference_lengths(one)
        text += f", gap {shown_gap(length / known[0] - 1)} to {name} ({shown(known[0])})"
    return f"{text}; tour {' '.join(map(str, np.asarray(tour).tolist()))}"
