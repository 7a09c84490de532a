"""Small tasks, each with another spec, for tests of what a task has by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import Permutation, Polygon, UntilEnd
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec


class SmallTask(Task):
    """What all have; a test's own task sets `spec` and, where it likes, `solvers`."""

    name = "small"
    summary = "a task of a test"
    metrics = (Metric("exact", "equal answers", True),)
    solvers: Mapping[str, Reference] = {}

    def constraint(self) -> Constraint:
        if self.spec.outputs == "vocabulary":
            return UntilEnd()
        return Polygon(smallest=1) if self.spec.ends else Permutation()

    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        rng = np.random.default_rng(seed)
        return Instances(rng.random((count, size, self.spec.features)))

    def evaluate(self, instances: Instances, answers: Sequence[Any]) -> dict[str, MetricValues]:
        known = self.referenced(instances).solutions
        assert known is not None
        pairs = zip(answers, known, strict=True)
        return {"exact": MetricValues(np.array([np.array_equal(*pair) for pair in pairs], float))}

    def references(self) -> Mapping[str, Reference]:
        return self.solvers


class Order(SmallTask):
    """Vectors of two features in an order."""

    spec = Spec("vectors", 2, "pointer")


class Selection(SmallTask):
    """Points, of which some are chosen."""

    spec = Spec("vectors", 2, "pointer", ends=True)


class Vectors(SmallTask):
    """Vectors of three features in an order."""

    spec = Spec("vectors", 3, "pointer")


class Words(SmallTask):
    """Words of a vocabulary of 9 to words of one of 7."""

    spec = Spec("tokens", 9, "vocabulary", 7, ends=True)


class Pictures(SmallTask):
    """Images of 4 rows to words."""

    spec = Spec("images", 4, "vocabulary", 7, ends=True)
