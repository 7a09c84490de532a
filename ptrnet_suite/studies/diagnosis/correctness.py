"""When an answer is right, by one rule for every task."""

from __future__ import annotations

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import Metric, MetricValues

TOLERANCE = 1e-6
"""Distance of a rate from its best value that is float noise."""


def deciding_metric(task: Task) -> Metric:
    """The task's first metric that is a rate; raises InputError for a task without any."""
    rates = [metric for metric in task.metrics if metric.kind == "rate"]
    if not rates:
        raise InputError(
            f"no metric of the task {task.name} is a rate, so none tells what is right"
        )
    return rates[0]


def best_value(metric: Metric) -> float:
    """The metric's value for a right answer: 1 where higher is better, else 0."""
    return float(metric.higher_is_better)


def right_answers(metric: Metric, score: MetricValues) -> np.ndarray:
    """Which answers reach the metric's best value, `(count,)`.

    One that beats it, such as a tour below a heuristic reference, is right too; one that the
    metric does not count, such as a sequence that is no tour, is wrong.
    """
    values = np.asarray(score.values, float)
    weights = np.ones_like(values) if score.weights is None else np.asarray(score.weights, float)
    shortfall = values - weights * best_value(metric)
    if metric.higher_is_better:
        shortfall = -shortfall
    return (weights > 0) & (shortfall <= TOLERANCE * weights)
