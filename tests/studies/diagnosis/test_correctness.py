"""Which answers count as right."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.studies.diagnosis.correctness import deciding_metric, right_answers
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_suite.task.registry import load_task


def test_right_is_what_reaches_the_best_value_and_counts() -> None:
    gap = Metric("gap", "", higher_is_better=False)
    score = MetricValues(np.array([0.0, 1e-9, 0.01, -0.02, 0.0]), np.array([1.0, 1, 1, 1, 0]))
    assert right_answers(gap, score).tolist() == [True, True, False, True, False]
    accuracy = Metric("accuracy", "", higher_is_better=True)
    score = MetricValues(np.array([5.0, 4.0, 0.0]), np.array([5.0, 5.0, 0.0]))
    assert right_answers(accuracy, score).tolist() == [True, False, False]


@pytest.mark.parametrize("name", ["tsp", "convex_hull", "sorting", "text"])
def test_known_answers_are_right_in_every_task(name: str) -> None:
    task = load_task(name)
    instances = task.label(task.generate(7, 10, 3))
    answers = [texts[0] for texts in instances.solutions] if name == "text" else instances.solutions
    metric = deciding_metric(task)
    assert right_answers(metric, task.evaluate(instances, answers)[metric.name]).all()
