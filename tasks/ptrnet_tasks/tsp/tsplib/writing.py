"""Instances written as TSPLIB 95 files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.points.point_set import LABELS
from ptrnet_tasks.tsp.distances import EUCLIDEAN, TSPLIB_RULES, Distances, distances


def write_tsplib(instances: Instances, path: Path, name: str) -> None:
    """Writes a single instance; known distances as they are, else points under EUC_2D.

    TSPLIB rounds EUC_2D lengths to integers, so points that span less than 1,000 are multiplied by
    a power of ten, which the file's COMMENT tells. Distances that TSPLIB has no rule for, such as
    great-circle ones, are written as a matrix. Raises InputError for more than one instance.
    """
    if len(instances) != 1:
        raise InputError(
            f"{name}.tsp can hold one instance, not {len(instances)}; use .txt or .npz"
        )
    measure, points = distances(instances, 0), np.asarray(instances.inputs[0])
    kind = "TSP" if measure.symmetric else "ATSP"
    header = [f"NAME: {name}", f"TYPE: {kind}", f"DIMENSION: {len(measure.data)}"]
    if measure.rule == EUCLIDEAN:
        power = _power_of_ten(points)
        header += [f"COMMENT: coordinates multiplied by {power:.0f}"] if power > 1 else []
        lines = _with_coordinates("EUC_2D", points.astype(float) * power, None)
    elif measure.rule in TSPLIB_RULES:
        labels = instances.columns.get(LABELS)
        lines = _with_coordinates(measure.rule, measure.data, labels[0] if labels else None)
    else:
        lines = _with_matrix(measure, points)
    path.write_text("\n".join([*header, *lines, "EOF", ""]), encoding="utf-8")


def _with_coordinates(rule: str, coordinates: np.ndarray, labels: list[str] | None) -> list[str]:
    numbers = labels or [str(city) for city in range(1, len(coordinates) + 1)]
    rows = zip(numbers, coordinates.tolist(), strict=True)
    nodes = [f"{number} {' '.join(map(repr, row))}" for number, row in rows]
    return [f"EDGE_WEIGHT_TYPE: {rule}", "NODE_COORD_SECTION", *nodes]


def _with_matrix(measure: Distances, points: np.ndarray) -> list[str]:
    """The distances in full, and the positions that a model sees, where there are any."""
    rows = [" ".join(map(str, row)) for row in measure.matrix().tolist()]
    lines = ["EDGE_WEIGHT_TYPE: EXPLICIT", "EDGE_WEIGHT_FORMAT: FULL_MATRIX"]
    if not points.shape[1]:
        return [*lines, "EDGE_WEIGHT_SECTION", *rows]
    shown = [f"{city} {x!r} {y!r}" for city, (x, y) in enumerate(points.tolist(), 1)]
    return [
        *lines, "DISPLAY_DATA_TYPE: TWOD_DISPLAY", "EDGE_WEIGHT_SECTION", *rows,
        "DISPLAY_DATA_SECTION", *shown,
    ]  # fmt: skip


def _power_of_ten(points: np.ndarray) -> float:
    """What makes points span a million when they span less than a thousand."""
    span = float(np.ptp(points, axis=0).max())
    return 10.0 ** np.ceil(6 - np.log10(span)) if 0 < span < 1000 else 1.0
