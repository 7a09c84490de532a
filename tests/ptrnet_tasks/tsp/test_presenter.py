"""Tours in words and pictures."""

from __future__ import annotations

import numpy as np
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.reporting.answers import plot_answer

TASK = TravellingSalesman()


def test_the_description_tells_length_gap_reference_and_tour():
    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    instances = Instances(square, [np.arange(4)], source="square.txt")
    text = TASK.presenter.describe(instances, 0, np.array([0, 2, 1, 3]))
    assert text == "length 4.82843, gap 20.71% to the file's solution (4); tour 0 2 1 3"
    assert TASK.presenter.describe(Instances(square), 0, np.arange(4)) == "length 4; tour 0 1 2 3"


def test_the_picture_shows_both_tours_and_the_gap_on_the_axes_given():
    import matplotlib.pyplot as plt

    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    instances = Instances(square, names=["square"])
    figure, ax = plt.subplots()
    drawn = plot_answer(TASK, instances, 0, np.array([0, 2, 1, 3]), np.arange(4), ax)
    assert drawn is ax
    assert ax.get_title() == "square: length 4.82843, gap 20.71%"
    lines = {line.get_label(): line.get_xydata().tolist() for line in ax.get_lines()}
    assert lines["answer"] == square[0][[0, 2, 1, 3, 0]].tolist()
    assert lines["reference"] == square[0][[0, 1, 2, 3, 0]].tolist()
    figure.canvas.draw()
    plt.close(figure)
    alone = plot_answer(TASK, instances, 0, np.arange(4))
    assert alone.get_title() == "square: length 4"
    plt.close(alone.figure)


def test_a_path_is_described_and_drawn_without_the_way_back():
    import matplotlib.pyplot as plt

    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    task, instances = TASK.with_ends(start=0, end=3), Instances(square, [np.arange(4)])
    assert task.presenter.describe(instances, 0, np.arange(4)) == "length 3; path 0 1 2 3"
    labelled = task.referenced(instances)
    told = task.presenter.describe(labelled, 0, np.array([0, 2, 1, 3]))
    assert told == "length 3.82843, gap 27.61% to exact (3); path 0 2 1 3"
    other = task.presenter.describe(labelled, 0, np.array([1, 2, 0, 3]))
    assert (
        other == "not a path: it does not visit each city exactly once between the ends asked for"
    )
    drawn = plot_answer(task, labelled, 0, np.array([0, 2, 1, 3]), labelled.solutions[0])
    lines = {line.get_label(): line.get_xydata().tolist() for line in drawn.get_lines()}
    assert lines["answer"] == square[0][[0, 2, 1, 3]].tolist()
    assert lines["reference"] == square[0].tolist()
    plt.close(drawn.figure)
