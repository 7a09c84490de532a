"""Sorting: point at numbers from the smallest to the largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import Permutation
from ptrnet_suite.task.metric import MetricValues
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.sorting.batching import make_batch
from ptrnet_tasks.sorting.formats import NumberFormats
from ptrnet_tasks.sorting.presenter import NumberPresenter
from ptrnet_tasks.sorting.sampling import DISTRIBUTIONS, sample_values
from ptrnet_tasks.sorting.scores import METRICS, score_orders
from ptrnet_tasks.sorting.solvers import argsort


@final
class Sorting(Task):
    """The positions of some numbers from the smallest to the largest (an argsort).

    The task by which Vinyals, Bengio, Kudlur 2016 ("Order matters", 4.4) measured how a network
    reads a set. An instance is `(n, 1)` numbers; of equal numbers either may come first.
    """

    name = "sorting"
    summary = "the positions of some numbers from the smallest to the largest"
    metrics = METRICS
    distributions = DISTRIBUTIONS
    example = "4,6,7,1,9 -> 3,0,1,2,4"
    spec = Spec("vectors", 1, "pointer")
    formats = NumberFormats()
    presenter = NumberPresenter(spec)

    def constraint(self) -> Constraint:
        return Permutation()

    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        rng = np.random.default_rng(seed)
        return Instances(sample_values(size, count, rng, distribution)[..., None])

    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        return make_batch(instances, rng)

    def evaluate(self, instances: Instances, answers: Sequence[Any]) -> Mapping[str, MetricValues]:
        return score_orders(instances, answers)

    def references(self) -> Mapping[str, Reference]:
        return {"numpy": Reference("numpy", "numpy.argsort, stable", argsort, exact=True)}
