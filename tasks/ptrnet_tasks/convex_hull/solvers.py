"""Solvers of point sets: a fast one for batches, and classical ones to hold answers against."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.reference import Reference
from ptrnet_tasks.convex_hull.hull import (
    convex_hulls,
    monotone_chain,
    pad_hulls,
    qhull,
    split_hulls,
    start_at_smallest,
)


def hulls_of(inputs: Sequence[np.ndarray] | np.ndarray) -> list[np.ndarray]:
    """The hull of each point set `(n, 2)`, by Jarvis march, all sets of one size at once."""
    hulls: list[np.ndarray] = [np.empty(0, np.int64)] * len(inputs)
    for indices, points in by_size(inputs):
        for index, hull in zip(indices, split_hulls(convex_hulls(points)), strict=True):
            hulls[index] = hull
    return hulls


def references() -> Mapping[str, Reference]:
    """Solvers by name."""
    solvers = (
        Reference("scipy", "scipy.spatial.ConvexHull (Qhull)", _each(qhull), exact=True),
        Reference(
            "monotone chain",
            "sort, then lower and upper chain (Andrew 1979), in exact arithmetic",
            _each(monotone_chain),
            exact=True,
        ),
        Reference(
            "Jarvis march",
            "gift wrapping (Jarvis 1973) of a whole batch at once",
            lambda instances: hulls_of(instances.inputs),
            exact=True,
        ),
    )
    return {solver.name: solver for solver in solvers}


def by_size(
    inputs: Sequence[np.ndarray] | np.ndarray,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Instances by their number of points: their indices `(k,)` and points `(k, n, 2)`."""
    if isinstance(inputs, np.ndarray):
        return [(np.arange(len(inputs)), inputs)]
    sizes = np.array([len(points) for points in inputs])
    groups = (np.flatnonzero(sizes == size) for size in np.unique(sizes))
    return [(group, np.stack([inputs[int(index)] for index in group])) for group in groups]


def _each(solve: Callable[[np.ndarray], np.ndarray]) -> Callable[[Instances], list[np.ndarray]]:
    """A solver of instances from a solver of one point set, in the official form."""

    def solve_all(instances: Instances) -> list[np.ndarray]:
        hulls = [solve(np.asarray(points, np.float64)) for points in instances.inputs]
        return split_hulls(start_at_smallest(pad_hulls(hulls)[0]))

    return solve_all
