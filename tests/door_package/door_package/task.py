"""A task of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import Permutation
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec


def by_norm(instances: Instances) -> list[np.ndarray]:
    """Positions of each instance's points, the nearest to the origin first."""
    return [np.linalg.norm(points, axis=1).argsort() for points in instances.inputs]


@final
class ByDistance(Task):
    """Points, the nearest to the origin first."""

    name = "by_distance"
    summary = "points by their distance to the origin"
    metrics = (Metric("in_place", "points at their right place", higher_is_better=True),)
    spec = Spec("vectors", features=2, outputs="pointer")

    def constraint(self) -> Constraint:
        return Permutation()

    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        return Instances(np.random.default_rng(seed).random((count, size, 2)))

    def references(self) -> Mapping[str, Reference]:
        return {"norm": Reference("norm", "sorted norms", by_norm, exact=True)}

    def evaluate(self, instances: Instances, answers: Sequence[Any]) -> Mapping[str, MetricValues]:
        right = [
            np.mean(np.asarray(answer) == order)
            for answer, order in zip(answers, by_norm(instances), strict=True)
        ]
        return {"in_place": MetricValues(np.array(right))}
