"""Files of point sets with their hulls, and which point sets have a hull."""

from __future__ import annotations

from pathlib import Path
from typing import final

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.formats import Formats
from ptrnet_tasks.convex_hull.batching import counter_clockwise, stack
from ptrnet_tasks.convex_hull.degenerate import has_one_hull, what_is_degenerate
from ptrnet_tasks.convex_hull.hull import pad_hulls, split_hulls, start_at_smallest
from ptrnet_tasks.convex_hull.solvers import by_size
from ptrnet_tasks.points.files import read_point_file, write_point_file
from ptrnet_tasks.points.geometry import check_points


@final
class HullFormats(Formats):
    """Ptr-Net text, `.npz` and `.pkl`; hulls come in the official form whatever the file's."""

    def read(self, path: Path) -> Instances:
        return _official(read_point_file(path))

    def write(self, instances: Instances, path: Path) -> None:
        write_point_file(_official(instances), path, closed=True)

    def check(self, instances: Instances) -> None:
        """Raises InputError for NaN, wrong shapes, fewer than 3 points, points on one line, and
        coinciding points at a corner of the hull, where no answer would be the only one.
        """
        check_points(instances.inputs, 3, instances.source)
        doubtful = [
            index
            for indices, points in by_size(instances.inputs)
            for index in indices[~has_one_hull(points)]
        ]
        if doubtful:
            first = int(min(doubtful))
            reason = what_is_degenerate(instances.inputs[first])
            raise InputError(f"{instances.title(first)}: {reason}")


def _official(instances: Instances) -> Instances:
    """The same instances, their hulls counter-clockwise from the smallest position on."""
    if instances.solutions is None:
        return instances
    points, _ = stack(instances.inputs)
    hulls = counter_clockwise(points, pad_hulls(instances.solutions)[0])
    return instances.with_solutions(split_hulls(start_at_smallest(hulls)))
