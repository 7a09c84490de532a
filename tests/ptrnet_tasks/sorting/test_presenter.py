"""Orders in words and pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.sorting.presenter import told_apart

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.reporting.answers import plot_answer
from tests.ptrnet_tasks.sorting.instances import TASK, column


def test_close_numbers_are_printed_so_that_they_differ() -> None:
    instances = TASK.label(Instances([column(1000000001, 1000000000, 1000000002)]))
    assert TASK.presenter.describe(instances, 0, np.array([1, 0, 2])) == (
        "1000000000 1000000001 1000000002 by position from 0: 1 0 2; sorted"
    )
    positions, steps = TASK.presenter.positions_and_steps(instances, 0, [1, 0, 2])
    assert positions == ["1000000001", "1000000000", "1000000002"]
    assert steps == ["1000000000", "1000000001", "1000000002"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6))
def test_numbers_are_told_apart_by_as_few_digits_as_it_takes(numbers: list[float]) -> None:
    written = told_apart(np.array(numbers), 3)
    for text, number in zip(written, numbers, strict=True):
        for other_text, other in zip(written, numbers, strict=True):
            assert (float(text) == float(other_text)) == (number == other)
    if len(numbers) == 1:
        assert written == [f"{numbers[0]:.3g}"]


def test_an_answer_is_told_and_drawn_in_its_order() -> None:
    instances = TASK.label(Instances([column(0.25, 0.75, 0.5)]))
    assert TASK.presenter.describe(instances, 0, np.array([0, 2, 1])) == (
        "0.25 0.5 0.75 by position from 0: 0 2 1; sorted"
    )
    assert TASK.presenter.describe(instances, 0, np.array([0, 1, 2])).endswith("not sorted")
    ax = plot_answer(TASK, instances, 0, np.array([0, 1, 2]))
    assert sorted((bar.get_x() + 0.4, bar.get_height()) for bar in ax.patches) == [
        (pytest.approx(place), height) for place, height in enumerate((0.25, 0.75, 0.5))
    ]
    assert [bar.get_hatch() for bar in ax.patches] == [None, "//", "//"]
