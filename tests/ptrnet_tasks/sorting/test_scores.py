"""Orders are scored by what they sort."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.data.instances import Instances
from tests.ptrnet_tasks.sorting.instances import TASK, column


@pytest.mark.parametrize(
    ("answer", "exact", "right"),
    [
        ([3, 0, 1, 2], 1, 4),
        ([3, 0, 2, 1], 1, 4),
        ([0, 3, 1, 2], 0, 2),
        ([3, 0, 1, 1], 0, 4),
        ([3, 0, 1], 0, 3),
        ([3, 0, 1, 2, 3], 0, 4),
        ([], 0, 0),
    ],
)
def test_scores_take_equal_numbers_in_either_order(answer: list, exact: int, right: int) -> None:
    other = Instances([column(0.2, 0.5, 0.5, 0.1), column(5, 4, 3, 2, 1, 0)])
    scores = TASK.evaluate(other, [np.array(answer, np.int64), np.arange(6)[::-1]])
    assert scores["exact"].values.tolist() == [exact, 1]
    assert scores["token_accuracy"].values.tolist() == [right, 6]
    assert scores["token_accuracy"].weights.tolist() == [4, 6]


def test_padding_does_not_hide_a_repeated_position() -> None:
    instances = Instances([column(2, 1, 2), column(4, 3, 2, 1, 0)])
    scores = TASK.evaluate(instances, [np.array([1, 2, 2]), np.array([4, 3, 2, 1, 0])])
    assert scores["exact"].values.tolist() == [0, 1]


def test_every_metric_is_a_share_of_which_more_is_better() -> None:
    read = [(metric.name, metric.higher_is_better, metric.kind) for metric in TASK.metrics]
    assert read == [("exact", True, "rate"), ("token_accuracy", True, "rate")]


def test_short_answers_to_inputs_of_many_lengths_are_scored_place_by_place() -> None:
    instances = Instances([column(2, 1, 3), column(1, 2), column(3, 2, 1, 0, -1)])
    answers = [np.array([1, 0]), np.array([0, 1, 0, 1, 0]), np.array([4])]
    scores = TASK.evaluate(instances, answers)
    assert scores["exact"].values.tolist() == [0, 0, 0]
    assert scores["token_accuracy"].values.tolist() == [2, 2, 1]
    assert scores["token_accuracy"].weights.tolist() == [3, 2, 5]


def test_padding_stands_for_no_position_that_was_left_out() -> None:
    instances = Instances([column(1, 2, 2), column(4, 3, 2, 1, 0)])
    scores = TASK.evaluate(instances, [np.array([0, 2, 2]), np.array([4, 3, 2, 1, 0])])
    assert scores["exact"].values.tolist() == [0, 1]
    assert scores["token_accuracy"].values.tolist() == [3, 5]
