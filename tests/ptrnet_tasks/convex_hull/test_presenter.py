"""Hulls in words and pictures."""

from __future__ import annotations

import numpy as np
from ptrnet_tasks.convex_hull.task import ConvexHullTask

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.reporting.answers import plot_answer

TASK = ConvexHullTask()
SQUARE = np.array([[0.0, 0.0], [1.0, 0.1], [0.9, 1.0], [0.1, 0.9], [0.5, 0.5]])


def test_an_answer_is_told_in_words() -> None:
    instances = Instances(SQUARE[None])
    told = [
        TASK.presenter.describe(instances, 0, np.array(a))
        for a in ([0, 1, 2, 3], [0, 1, 2], [0, 2, 1])
    ]
    assert "4 of 5 points" in told[0]
    assert "0 1 2 3; it is the true hull" in told[0]
    assert "56.17% of the true hull's" in told[1]
    crossed = TASK.presenter.describe(instances, 0, np.array([0, 2, 1, 3]))
    assert "no polygon" in crossed


def test_a_picture_shows_the_answer_over_the_true_hull() -> None:
    instances = TASK.label(Instances(SQUARE[None]))
    ax = plot_answer(TASK, instances, 0, np.array([0, 1, 2]), np.array([0, 1, 2, 3]))
    drawn = {line.get_label(): np.asarray(line.get_xydata()) for line in ax.lines}
    assert drawn["true hull"].tolist() == SQUARE[[0, 1, 2, 3, 0]].tolist()
    assert drawn["answer"].tolist() == SQUARE[[0, 1, 2, 0]].tolist()
    assert [text.get_text() for text in ax.texts] == ["1", "2", "3"]
    assert plot_answer(TASK, instances, 0, np.array([], np.int64), ax=ax) is ax
