"""Files of cities with their tours, and which cities have a tour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write
from ptrnet_suite.task.answer import ScoredAnswer
from ptrnet_suite.task.formats import Formats
from ptrnet_tasks.points.content import read_content
from ptrnet_tasks.points.files import READ, read_points, write_point_file
from ptrnet_tasks.points.geography import EARTH_RADIUS
from ptrnet_tasks.points.geometry import all_coincide, check_points
from ptrnet_tasks.points.point_set import DEGREES
from ptrnet_tasks.tsp.batching import without_coordinates
from ptrnet_tasks.tsp.distances import EXPLICIT, GREAT_CIRCLE, Distances, distances
from ptrnet_tasks.tsp.ends import CLOSED, Ends
from ptrnet_tasks.tsp.matrices import LARGEST
from ptrnet_tasks.tsp.matrix_files import read_matrix
from ptrnet_tasks.tsp.tour_files import WRITERS, write_tours
from ptrnet_tasks.tsp.tsplib.document import SUFFIXES, is_tsplib
from ptrnet_tasks.tsp.tsplib.instances import read_tsplib
from ptrnet_tasks.tsp.tsplib.writing import write_tsplib

SMALLEST = 3
"""Fewest cities of a tour."""

ACCEPTED = f"TSPLIB (.tsp, .atsp), {READ}, and square matrices of distances"

OF_NO_PLANE = (EXPLICIT, GREAT_CIRCLE, "GEO", "EUC_3D", "MAN_3D", "MAX_3D")
"""Distances that are not those between the points that a model sees."""


@final
class TourFormats(Formats):
    """Points of the plane or the Earth, TSPLIB instances and matrices, told by their content."""

    answer_suffixes = (*WRITERS, *Formats.answer_suffixes)

    def __init__(self, ends: Ends = CLOSED) -> None:
        self.ends = ends

    def read(self, path: Path) -> Instances:
        """Raises InputError naming the file; lengths of latitudes and longitudes are kilometres."""
        content = read_content(path)
        if is_tsplib(content):
            return read_tsplib(content)
        matrix = read_matrix(content)
        if matrix is not None:
            return matrix
        return _on_earth(read_points(content, every_point=True, accepted=ACCEPTED))

    def write(self, instances: Instances, path: Path) -> None:
        if path.suffix.lower() in SUFFIXES:
            with atomic_write(path) as temporary:
                write_tsplib(instances, temporary, path.stem)
            return
        if without_coordinates(instances):
            raise InputError(f"{instances.source} has no coordinates, so only .tsp can hold it")
        if any(distances(instances, index).rule in OF_NO_PLANE for index in range(len(instances))):
            raise InputError(
                f"{instances.source} has distances that are none of a plane, so only .tsp can "
                "hold it"
            )
        write_point_file(instances, path)

    def write_answers(
        self, instances: Instances, answers: Sequence[Sequence[ScoredAnswer]], path: Path
    ) -> None:
        """Tours and paths as `write_tours` does, else as all tasks do."""
        if path.suffix.lower() in WRITERS:
            write_tours(instances, answers, path, self.ends)
        else:
            super().write_answers(instances, answers, path)

    def check(self, instances: Instances) -> None:
        """Raises InputError for what has no tour, and for ends that are none of its cities."""
        self._check_cities(instances)
        self.ends.cities(instances)

    def _check_cities(self, instances: Instances) -> None:
        """Raises InputError for fewer than three points, NaN, points all in one place, huge ones.

        Some cities in one place are legal; so is an instance that has distances alone.
        """
        source, sizes = instances.source, instances.sizes()
        if without_coordinates(instances):
            if sizes.min() < SMALLEST:
                raise InputError(f"{source} has {sizes.min()} cities; at least 3 are needed")
            return
        check_points(instances.inputs, SMALLEST, source)
        for index, points in enumerate(instances.inputs):
            if np.abs(points).max() > LARGEST:
                title = instances.title(index)
                raise InputError(
                    f"{title} has a coordinate beyond {LARGEST:g}, the largest accepted"
                )
        same = [bool(all_coincide(np.asarray(points)[None])[0]) for points in instances.inputs]
        if any(same):
            title = instances.title(same.index(True))
            raise InputError(f"{title} has all points in one place; at least two must differ")


def _on_earth(instances: Instances) -> Instances:
    """The same instances; distances of latitudes and longitudes are great-circle kilometres."""
    if DEGREES not in instances.columns:
        return instances
    measures = [Distances(GREAT_CIRCLE, points) for points in instances.columns[DEGREES]]
    note = (
        "lengths are great-circle kilometres, on a sphere with the Earth's mean radius of "
        f"{EARTH_RADIUS} km"
    )
    columns = {**instances.columns, "distances": measures}
    return replace(instances, columns=columns, notes=(*instances.notes, note))
