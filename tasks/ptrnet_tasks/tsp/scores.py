"""How tours are scored, and what they are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_tasks.points.files import SOLVER_COLUMN
from ptrnet_tasks.tsp.distances import distances
from ptrnet_tasks.tsp.ends import ASKED, CLOSED, Ends
from ptrnet_tasks.tsp.rounding import METRICS as UNROUNDED_METRICS
from ptrnet_tasks.tsp.rounding import unrounded_scores
from ptrnet_tasks.tsp.solvers.references import LABELLED_EXACTLY, label_tours

METRICS = (
    Metric("gap", "length above the reference's", higher_is_better=False),
    Metric("length", "length of the tour", higher_is_better=False, kind="number"),
    Metric("optimal", "share no longer than the reference", higher_is_better=True),
    Metric("valid", "share that visits each city exactly once", higher_is_better=True),
    *UNROUNDED_METRICS,
)

_RELATIVE = 1e-6

_KNOWN = ("length", SOLVER_COLUMN, ASKED)


def solver_names(instances: Instances) -> np.ndarray:
    """Which solver labels each instance, `(count,)`."""
    return np.where(instances.sizes() <= LABELLED_EXACTLY, "exact", "fast-tsp")


def reference_lengths(instances: Instances, ends: Ends = CLOSED) -> tuple[np.ndarray, str]:
    """Length to hold each answer against, `(count,)`, and its name.

    The known solution, else the known length, else exact or fast-tsp by size. A closed tour that is
    known says nothing of a path.
    """
    known = unsolved(instances, ends)
    if known.solutions is not None:
        return ends.lengths(known, known.solutions), _solution_name(known)
    if "length" in known.columns:
        return np.asarray(known.columns["length"], float), "the file's length"
    tours = label_tours(instances, patience=5, ends=ends)
    return ends.lengths(instances, tours), _joined(solver_names(instances))


def has_reference(instances: Instances, ends: Ends = CLOSED) -> bool:
    """Whether a solution or a length is known, so that none need be searched for."""
    known = unsolved(instances, ends)
    return known.solutions is not None or "length" in known.columns


def unsolved(instances: Instances, ends: Ends) -> Instances:
    """The same instances without solutions and lengths of anything but what is asked for."""
    if ends.answered_by(instances):
        return instances
    kept = {name: column for name, column in instances.columns.items() if name not in _KNOWN}
    return replace(instances, solutions=None, columns=kept)


def _joined(names: Any) -> str:
    return " and ".join(sorted(set(map(str, names))))


def _solution_name(instances: Instances) -> str:
    if SOLVER_COLUMN in instances.columns:
        return _joined(instances.columns[SOLVER_COLUMN])
    return "the given solution" if instances.source == "generated" else "the file's solution"


def score_tours(
    instances: Instances, tours: Sequence[Any], ends: Ends = CLOSED
) -> Mapping[str, MetricValues]:
    """Gap, length, optimal and valid of each tour; gap and length count valid tours alone."""
    lengths = ends.lengths(instances, tours)
    known, name = reference_lengths(instances, ends)
    valid = ~np.isnan(lengths)
    counted, real = valid.astype(float), np.where(valid, lengths, known)
    # Integer lengths are equal or not; floats depend on the order in which edges are summed.
    whole = [distances(instances, index).integer for index in range(len(instances))]
    optimal = valid & (real <= known * np.where(whole, 1.0, 1 + _RELATIVE))
    # A reference of length 0, of cities that rounding puts in one place, has no share.
    measured = (known > 0) | (real == known)
    gaps = np.where(known > 0, real / np.where(known > 0, known, 1) - 1, 0.0)
    return {
        "gap": MetricValues(gaps, counted * measured, name),
        "length": MetricValues(np.where(valid, lengths, 0.0), counted),
        "optimal": MetricValues(optimal.astype(float), None, name),
        "valid": MetricValues(counted),
        **unrounded_scores(instances, tours, partial(label_tours, ends=ends), ends),
    }
