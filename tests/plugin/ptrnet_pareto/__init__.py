"""The Pareto front: the points that no other beats in both coordinates, from left to right."""

import numpy as np

from ptrnet_suite.data import Instances
from ptrnet_suite.task import Metric, MetricValues, Polygon, Reference, Spec, Task


def fronts(instances):
    beaten = [(points[None] > points[:, None]).all(2).any(1) for points in instances.inputs]
    order = [points[:, 0].argsort() for points in instances.inputs]
    return [row[~out[row]] for row, out in zip(order, beaten, strict=True)]


class ParetoFront(Task):
    name = "pareto"
    summary = "the points that no other beats in both coordinates, from left to right"
    metrics = (
        Metric("exact", "whole fronts that are right", higher_is_better=True),
        Metric("recall", "points of the front that are in the answer", higher_is_better=True),
    )
    spec = Spec("vectors", features=2, outputs="pointer", ends=True)

    def constraint(self):
        return Polygon(smallest=1)  # no position twice, and END once one was chosen

    def generate(self, size, count, seed, distribution="uniform"):
        return Instances(np.random.default_rng(seed).random((count, size, 2)))

    def references(self):
        return {"pairs": Reference("pairs", "all pairs of points compared", fronts, exact=True)}

    def evaluate(self, instances, answers):
        known = self.referenced(instances).solutions
        exact = [np.array_equal(*pair) for pair in zip(answers, known, strict=True)]
        hits = [len(np.intersect1d(*pair)) for pair in zip(answers, known, strict=True)]
        sizes = np.array([len(front) for front in known], float)
        return {
            "exact": MetricValues(np.array(exact, float)),
            "recall": MetricValues(np.array(hits, float), sizes),
        }
