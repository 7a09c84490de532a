"""Files of cities with their tours, and which cities have a tour."""

from __future__ import annotations

from pathlib import Path
from typing import final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write
from ptrnet_suite.task.formats import Formats
from ptrnet_tasks.points.files import read_point_file, write_point_file
from ptrnet_tasks.points.geometry import all_coincide, check_points
from ptrnet_tasks.tsp.batching import without_coordinates
from ptrnet_tasks.tsp.tsplib import read_tsplib, write_tsplib

SMALLEST = 3
"""Fewest cities of a tour."""


@final
class TourFormats(Formats):
    """Ptr-Net text, `.npz`, `.pkl`, and TSPLIB's `.tsp`, of which a file holds one instance."""

    def read(self, path: Path) -> Instances:
        if path.suffix == ".tsp" and path.is_file():
            return read_tsplib(path)
        return read_point_file(path, every_point=True)

    def write(self, instances: Instances, path: Path) -> None:
        if path.suffix == ".tsp":
            with atomic_write(path) as temporary:
                write_tsplib(instances, temporary, path.stem)
            return
        if without_coordinates(instances):
            raise InputError(f"{instances.source} has no coordinates, so only .tsp can hold it")
        write_point_file(instances, path)

    def check(self, instances: Instances) -> None:
        """Raises InputError for fewer than three points, NaN and points all in one place.

        Some cities in one place are legal; so is an instance that has distances alone.
        """
        source, sizes = instances.source, instances.sizes()
        if without_coordinates(instances):
            if sizes.min() < SMALLEST:
                raise InputError(f"{source} has {sizes.min()} cities; at least 3 are needed")
            return
        check_points(instances.inputs, SMALLEST, source)
        same = [bool(all_coincide(np.asarray(points)[None])[0]) for points in instances.inputs]
        if any(same):
            title = instances.title(same.index(True))
            raise InputError(f"{title} has all points in one place; at least two must differ")
