"""Which way each metric is good: right answers must be better than spoilt ones, by its own sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from ptrnet_tasks.convex_hull.task import ConvexHullTask
from ptrnet_tasks.image_text.problems import PROBLEMS as IMAGE_PROBLEMS
from ptrnet_tasks.image_text.task import ImageText
from ptrnet_tasks.sorting.task import Sorting
from ptrnet_tasks.text.metrics import MEASURES, compare
from ptrnet_tasks.tsp.distances import Distances
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.report import PERPLEXITY
from ptrnet_suite.evaluation.statistics import estimate
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import Metric, MetricValues

WORDS = [text.split() for text in ("the cat sat on the mat", "dogs bark all night long here")]
SPOILT = [text.split() for text in ("the cat sat on mat the", "dogs bark all day and now")]


def is_better(metric: Metric, right: MetricValues, wrong: MetricValues) -> bool:
    good, bad = estimate(right).value, estimate(wrong).value
    return good > bad if metric.higher_is_better else good < bad


@pytest.mark.parametrize("name", MEASURES)
def test_right_texts_are_better_than_spoilt_ones(name: str) -> None:
    measure = MEASURES[name]
    references = [[words] for words in WORDS]
    right, wrong = (measure.score(compare(texts, references, " ")) for texts in (WORDS, SPOILT))
    assert is_better(measure.metric, right, wrong)


def reversed_tail(answer: Any) -> Any:
    """An order whose parts come in another order."""
    return np.concatenate([answer[:1], answer[:0:-1][::2], answer[:0:-1][1::2]])


def crossed(answer: Any) -> Any:
    """Corners in an order whose edges cross, without the last corner."""
    return np.concatenate([answer[0:-1:2], answer[1:-1:2]])


def repeated(answer: Any) -> Any:
    """An answer that has its first position twice."""
    return np.concatenate([answer[:1], answer[:-1]])


def drawn(task: Task) -> Instances:
    return task.generate(9, 6, 4)


def rounded(task: Task) -> Instances:
    """Points so near to each other that TSPLIB's rounding of distances changes them a lot."""
    points = 4 * np.asarray(task.generate(9, 6, 4).inputs)
    return Instances(points, columns={"distances": [Distances("EUC_2D", each) for each in points]})


@pytest.mark.parametrize(
    ("task", "make", "spoil", "same"),
    [
        (TravellingSalesman(), rounded, reversed_tail, {"valid"}),
        (TravellingSalesman(), rounded, repeated, {"gap", "length", "real_gap", "real_length"}),
        (ConvexHullTask(), drawn, crossed, set()),
        (Sorting(), drawn, reversed_tail, set()),
    ],
    ids=["longer tours", "no tours", "crossing corners", "wrong orders"],
)
def test_right_answers_are_better_than_spoilt_ones(
    task: Task, make: Callable[[Task], Instances], spoil: Callable[[Any], Any], same: set[str]
) -> None:
    known = task.label(make(task))
    assert known.solutions is not None
    answers: list[Sequence[Any]] = [[*known.solutions], [spoil(each) for each in known.solutions]]
    right, wrong = (task.evaluate(known, each) for each in answers)
    decided = [metric for metric in task.metrics if metric.name not in same]
    assert decided
    for metric in decided:
        assert is_better(metric, right[metric.name], wrong[metric.name]), metric.name


def test_every_metric_of_images_is_one_of_text() -> None:
    for problem in IMAGE_PROBLEMS:
        texts = [MEASURES[name].metric for name in IMAGE_PROBLEMS[problem].metrics]
        assert list(ImageText(problem).metrics) == texts


def test_a_smaller_surprise_is_better() -> None:
    assert not PERPLEXITY.higher_is_better
