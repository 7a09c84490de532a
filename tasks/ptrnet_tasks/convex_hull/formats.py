"""Files of point sets with their hulls, and which point sets have a hull."""

from __future__ import annotations

from pathlib import Path
from typing import final

import numpy as np

from ptrnet_suite.data.instances import Instances, solutions_of
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.formats import Formats
from ptrnet_tasks.convex_hull.batching import counter_clockwise, stack
from ptrnet_tasks.convex_hull.degenerate import named_by_place, on_a_line, why_without_area
from ptrnet_tasks.convex_hull.hull import pad_hulls, split_hulls, start_at_smallest
from ptrnet_tasks.convex_hull.labels import hulls_that_labels_draw
from ptrnet_tasks.convex_hull.solvers import by_size
from ptrnet_tasks.points.files import read_point_file, write_point_file
from ptrnet_tasks.points.geometry import check_points


@final
class HullFormats(Formats):
    """Ptr-Net text, `.npz` and `.pkl`; hulls come in the official form whatever the file's."""

    def read(self, path: Path) -> Instances:
        """Raises InputError, also for a label that does not draw the hull of its points.

        A label may run clockwise, start anywhere, close itself and keep points in the middle of
        edges; of points in one place it may name any.
        """
        instances = _official(read_point_file(path))
        return instances if instances.solutions is None else _checked(instances, path)

    def write(self, instances: Instances, path: Path) -> None:
        write_point_file(_official(instances), path, closed=True)

    def check(self, instances: Instances) -> None:
        """Raises InputError for NaN, wrong shapes, fewer than 3 points and points on one line."""
        check_points(instances.inputs, 3, instances.source)
        flat = [
            index
            for indices, points in by_size(instances.inputs)
            for index in indices[on_a_line(points)]
        ]
        if flat:
            first = int(min(flat))
            reason = why_without_area(np.asarray(instances.inputs[first]))
            raise InputError(f"{instances.title(first)}: {reason}")


def _official(instances: Instances) -> Instances:
    """The same instances, their hulls counter-clockwise from the smallest position on."""
    if instances.solutions is None:
        return instances
    points, _ = stack(instances.inputs)
    hulls = named_by_place(points, pad_hulls(instances.solutions)[0])
    hulls = counter_clockwise(points, hulls)
    return instances.with_solutions(split_hulls(start_at_smallest(hulls)))


def _checked(instances: Instances, path: Path) -> Instances:
    """The same with the corners alone; raises InputError for a label that is no hull."""
    hulls, drawn = hulls_that_labels_draw(instances.inputs, solutions_of(instances))
    if not drawn.all():
        index = int(drawn.argmin())
        raise InputError(
            f"{_place(instances, index, path)}: its label is not the hull of its points, whose "
            f"corners are {_positions(hulls[index])} (counted from 1)"
        )
    return instances.with_solutions(hulls)


def _place(instances: Instances, index: int, path: Path) -> str:
    """The line of an instance in a file of text, else its number."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return instances.title(index)
    numbers = [number for number, line in enumerate(lines, 1) if line.strip()]
    if len(numbers) != len(instances):
        return instances.title(index)
    return f"{path}, line {numbers[index]}"


def _positions(hull: np.ndarray) -> str:
    """The first positions of a hull, counted from 1."""
    most = 10
    return " ".join(map(str, hull[:most] + 1)) + (" .." if len(hull) > most else "")
