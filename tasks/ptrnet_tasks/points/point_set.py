"""One set of points as a table or a document holds it: of a plane or of the Earth, with names."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.points.geography import check_degrees, on_map

LABELS = "labels"
"""Column of what the file calls the points: a list of texts for each instance."""

DEGREES = "degrees"
"""Column of latitudes and longitudes, `(n, 2)` for each instance, whose input is a map of them."""

ON_MAP = "latitudes and longitudes are seen on a map, the longitudes shortened as at their middle"
"""What is said of points on the Earth."""


@final
class PointSet(NamedTuple):
    """Points with what a file says of them.

    coordinates: `(n, 2)`, x and y of a plane, or latitude and longitude in degrees where
    `on_earth`. labels: what the file calls each point, or None. note: a sentence that whoever reads
    the answers should know, or none.
    """

    coordinates: np.ndarray
    on_earth: bool = False
    labels: list[str] | None = None
    note: str = ""


def instance_of(point_set: PointSet, source: str) -> Instances:
    """The single instance `(1, n, 2)`; points of the Earth as a map, their degrees in a column.

    Raises InputError for coordinates that are not finite, or no degrees of the Earth.
    """
    coordinates = point_set.coordinates
    if not np.isfinite(coordinates).all():
        row = int(np.isfinite(coordinates).all(1).argmin())
        raise InputError(f"{source}, point {row + 1} is NaN or infinite; coordinates are finite")
    columns: dict[str, object] = {}
    if point_set.labels is not None:
        columns[LABELS] = [point_set.labels]
    if point_set.on_earth:
        check_degrees(coordinates, source)
        columns[DEGREES] = [coordinates]
        coordinates = on_map(coordinates)
    notes = (point_set.note, ON_MAP if point_set.on_earth else "")
    told = tuple(note for note in notes if note)
    return Instances(coordinates[None], columns=columns, source=source, notes=told)
