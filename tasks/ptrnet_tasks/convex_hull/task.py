"""Convex hull: point at the corners of a point set, counter-clockwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_suite.task.constraints import Constraint, Polygon
from ptrnet_suite.task.metric import MetricValues
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.convex_hull.batching import counter_clockwise, make_batch, rotations, stack
from ptrnet_tasks.convex_hull.degenerate import has_one_hull, what_is_degenerate
from ptrnet_tasks.convex_hull.hull import (
    convex_hulls,
    monotone_chain,
    pad_hulls,
    qhull,
    split_hulls,
    start_at_smallest,
)
from ptrnet_tasks.convex_hull.picture import draw_hull
from ptrnet_tasks.convex_hull.sampling import DISTRIBUTIONS, sample
from ptrnet_tasks.convex_hull.scores import METRICS, compare
from ptrnet_tasks.points.files import read_point_file, write_point_file
from ptrnet_tasks.points.geometry import check_points

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
class ConvexHullTask(Task):
    """The corners of the smallest convex polygon around some points (Vinyals et al. 2015, 3.1).

    An answer is an open sequence of positions from 0, counter-clockwise, from its smallest
    position on; points in the middle of an edge are no corners. The official files say the same
    counted from 1 and closed: `0.1 0.1 0.9 0.2 0.5 0.4 0.8 0.9 0.2 0.8 output 1 2 4 5 1`.
    """

    name = "convex_hull"
    summary = "the corners of a point set's convex hull, counter-clockwise"
    metrics = METRICS
    distributions = DISTRIBUTIONS
    example = "0.1 0.1 0.9 0.2 0.5 0.4 0.8 0.9 0.2 0.8 output 1 2 4 5 1"

    @property
    def spec(self) -> Spec:
        return Spec("vectors", 2, "pointer", ends=True, cyclic=True)

    def constraint(self) -> Constraint:
        return Polygon()

    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        return Instances(sample(size, count, np.random.default_rng(seed), distribution))

    def label(self, instances: Instances) -> Instances:
        return instances.with_solutions(_by_size(instances.inputs, convex_hulls))

    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        return make_batch(instances.inputs, instances.solutions, rng)

    def equivalents(self, batch: Batch) -> Tensor | None:
        """The hull from each of its corners on, counter-clockwise, the lowest one's first."""
        return rotations(batch)

    def answers(self, instances: Instances, choices: Sequence[np.ndarray]) -> list[Any]:
        padded, _ = pad_hulls([np.asarray(choice) - 1 for choice in choices])
        return split_hulls(start_at_smallest(padded))

    def evaluate(self, instances: Instances, answers: Sequence[Any]) -> Mapping[str, MetricValues]:
        hulls = instances.solutions
        if hulls is None:
            hulls = _by_size(instances.inputs, convex_hulls)
        return compare(instances.inputs, answers, hulls)

    def references(self) -> Mapping[str, Reference]:
        return {
            reference.name: reference
            for reference in (
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
                    lambda instances: _by_size(instances.inputs, convex_hulls),
                    exact=True,
                ),
            )
        }

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
            for indices, points in _sizes(instances.inputs)
            for index in indices[~has_one_hull(points)]
        ]
        if doubtful:
            place, first = instances.source, int(min(doubtful))
            if len(instances) > 1:
                place += f", instance {first + 1}"
            raise InputError(f"{place}: {what_is_degenerate(instances.inputs[first])}")

    def describe(self, instances: Instances, index: int, answer: Any) -> str:
        one = instances.subset([index])
        scores = self.evaluate(one, [answer])
        sequence = " ".join(map(str, answer))
        if not scores["simple"].values[0]:
            verdict = "its edges cross or touch, so it is no polygon"
        elif scores["exact"].values[0]:
            verdict = "it is the true hull"
        else:
            verdict = f"its area is {scores['area_ratio'].values[0]:.2%} of the true hull's"
        return (
            f"hull with {len(answer)} of {len(one.inputs[0])} points as corners,"
            f" counter-clockwise by position from 0: {sequence}; {verdict}"
        )

    def plot(
        self,
        instances: Instances,
        index: int,
        answer: Any,
        reference: Any = None,
        ax: Axes | None = None,
    ) -> Axes:
        true = reference
        if true is None and instances.solutions is not None:
            true = instances.solutions[index]
        if true is not None:
            true = np.asarray(true)[np.asarray(true) >= 0]
        return draw_hull(np.asarray(instances.inputs[index]), np.asarray(answer), true, ax)

    def bench_plan(self) -> list[BenchCase]:
        from ptrnet_tasks.convex_hull.bench import plan

        return plan(self.distributions)


def _official(instances: Instances) -> Instances:
    """The same instances, their hulls counter-clockwise from the smallest position on."""
    if instances.solutions is None:
        return instances
    points, _ = stack(instances.inputs)
    hulls = counter_clockwise(points, pad_hulls(instances.solutions)[0])
    return instances.with_solutions(split_hulls(start_at_smallest(hulls)))


def _sizes(
    inputs: Sequence[np.ndarray] | np.ndarray,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Instances by their number of points: their indices `(k,)` and points `(k, n, 2)`."""
    if isinstance(inputs, np.ndarray):
        return [(np.arange(len(inputs)), inputs)]
    sizes = np.array([len(points) for points in inputs])
    groups = (np.flatnonzero(sizes == size) for size in np.unique(sizes))
    return [(group, np.stack([inputs[int(index)] for index in group])) for group in groups]


def _by_size(
    inputs: Sequence[np.ndarray] | np.ndarray, solve: Callable[[np.ndarray], np.ndarray]
) -> list[np.ndarray]:
    """Answers of `solve`, which takes sets of one size `(count, n, 2)` and gives padded hulls."""
    answers: list[np.ndarray] = [np.empty(0, np.int64)] * len(inputs)
    for indices, points in _sizes(inputs):
        for index, hull in zip(indices, split_hulls(solve(points)), strict=True):
            answers[index] = hull
    return answers


def _each(solve: Callable[[np.ndarray], np.ndarray]) -> Callable[[Instances], list[np.ndarray]]:
    """A solver of instances from a solver of one point set, in the official form."""

    def solve_all(instances: Instances) -> list[np.ndarray]:
        hulls = [solve(np.asarray(points, np.float64)) for points in instances.inputs]
        return split_hulls(start_at_smallest(pad_hulls(hulls)[0]))

    return solve_all
