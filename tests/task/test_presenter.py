"""Answers in words and labels of pictures, as a spec describes them."""

from __future__ import annotations

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.registry import load_task
from tests.task.small_tasks import Order, Selection, Words

POINTS = np.zeros((1, 3, 2))


def test_an_answer_is_in_words_with_the_known_one_where_it_is_another() -> None:
    solved = Instances(POINTS, [np.array([2, 0, 1])])
    describe = Order().presenter.describe
    assert describe(Instances(POINTS), 0, np.array([2, 0, 1])) == "2 0 1"
    assert describe(solved, 0, np.array([2, 0, 1])) == "2 0 1"
    assert describe(solved, 0, np.array([0, 1, 2])) == "0 1 2 (reference: 2 0 1)"
    assert describe(solved, 0, np.array([], int)) == "(nothing) (reference: 2 0 1)"


def test_a_text_may_be_any_of_the_accepted_ones() -> None:
    solved = Instances(["input"], [["one", "two"]])
    assert Words().presenter.describe(solved, 0, "two") == "two"
    assert Words().presenter.describe(solved, 0, "three") == "three (reference: one)"


def test_positions_and_steps_are_numbers_and_end() -> None:
    names = Order().presenter.positions_and_steps(Instances(POINTS), 0, [2, 0, 1])
    assert names == (["0", "1", "2"], ["2", "0", "1"])
    names = Selection().presenter.positions_and_steps(Instances(POINTS), 0, np.array([3, 1, 0]))
    assert names == (["0", "1", "2"], ["2", "0", "END"])
    words = Instances([np.array([4, 5])])
    assert Words().presenter.positions_and_steps(words, 0, [6, 0]) == (["0", "1"], ["6", "END"])


def test_numbers_that_are_sorted_are_named_by_their_value() -> None:
    task = load_task("sorting")
    instances = task.generate(3, 1, seed=1)
    values = [f"{value:.3g}" for value in np.asarray(instances.inputs[0]).reshape(-1)]
    positions, steps = task.presenter.positions_and_steps(instances, 0, [2, 0, 1])
    assert positions == values
    assert steps == [values[2], values[0], values[1]]
