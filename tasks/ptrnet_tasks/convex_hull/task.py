"""Convex hull: point at the corners of a point set, counter-clockwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import Polygon
from ptrnet_suite.task.metric import MetricValues
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.convex_hull.batching import make_batch, rotations, stack
from ptrnet_tasks.convex_hull.degenerate import named_by_place
from ptrnet_tasks.convex_hull.formats import HullFormats
from ptrnet_tasks.convex_hull.hull import pad_hulls, split_hulls, start_at_smallest
from ptrnet_tasks.convex_hull.presenter import HullPresenter
from ptrnet_tasks.convex_hull.sampling import DISTRIBUTIONS, sample
from ptrnet_tasks.convex_hull.scores import METRICS, score_hulls
from ptrnet_tasks.convex_hull.solvers import hulls_of, references
from ptrnet_tasks.convex_hull.straight import without_straight_corners

if TYPE_CHECKING:
    from torch import Tensor


@final
class ConvexHullTask(Task):
    """The corners of the smallest convex polygon around some points (Vinyals et al. 2015, 3.1).

    An answer is an open sequence of positions from 0, counter-clockwise, from its smallest
    position on; points in the middle of an edge are no corners, and of points in one place the
    first is named. The official files say the same counted from 1 and closed:
    `0.1 0.1 0.9 0.2 0.5 0.4 0.8 0.9 0.2 0.8 output 1 2 4 5 1`.
    """

    name = "convex_hull"
    summary = "the corners of a point set's convex hull, counter-clockwise"
    metrics = METRICS
    distributions = DISTRIBUTIONS
    example = "0.1 0.1 0.9 0.2 0.5 0.4 0.8 0.9 0.2 0.8 output 1 2 4 5 1"
    spec = Spec("vectors", 2, "pointer", ends=True, cyclic=True)
    formats = HullFormats()
    presenter = HullPresenter(spec)

    def constraint(self) -> Constraint:
        return Polygon()

    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        return Instances(sample(size, count, np.random.default_rng(seed), distribution))

    def label(self, instances: Instances) -> Instances:
        return instances.with_solutions(hulls_of(instances.inputs))

    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        return make_batch(instances.inputs, instances.solutions, rng)

    def equivalents(self, batch: Batch) -> Tensor | None:
        """The hull from each of its corners on, counter-clockwise, the lowest one's first."""
        return rotations(batch)

    def answers(self, instances: Instances, choices: Sequence[np.ndarray]) -> list[Any]:
        padded, _ = pad_hulls([np.asarray(choice) - 1 for choice in choices])
        points, _ = stack(instances.inputs)
        padded = without_straight_corners(points, named_by_place(points, padded))
        return split_hulls(start_at_smallest(padded))

    def evaluate(self, instances: Instances, answers: Sequence[Any]) -> Mapping[str, MetricValues]:
        return score_hulls(instances, answers)

    def references(self) -> Mapping[str, Reference]:
        return references()
