"""Orders in words and pictures."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.reporting.answers import plot_answer
from tests.ptrnet_tasks.sorting.instances import TASK, column


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
