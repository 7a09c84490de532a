"""Pictures of answers: the presenter's own, else by spec."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.reporting.answers import DrawsAnswers, plot_answer
from ptrnet_suite.reporting.style import axes_or_new, figure_of, new_figure
from ptrnet_suite.task.presenter import Presenter
from ptrnet_suite.task.spec import Spec
from tests.task.small_tasks import Order, Pictures, Selection, SmallTask, Vectors, Words

POINTS = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])


class Tour(SmallTask):
    spec = Spec("vectors", 2, "pointer", cyclic=True)


def lines_of(ax: Axes) -> dict[Any, list[list[float]]]:
    return {line.get_label(): np.asarray(line.get_xydata()).tolist() for line in ax.lines}


def dots_of(ax: Axes) -> dict[Any, list[list[float]]]:
    return {
        dots.get_label(): np.asarray(dots.get_offsets()).tolist()
        for dots in ax.collections
        if not str(dots.get_label()).startswith("_")
    }


def test_a_cyclic_answer_is_a_closed_line_over_the_reference() -> None:
    ax = plot_answer(Tour(), Instances(POINTS), 0, [0, 2, 1, 3], [0, 1, 2, 3])
    assert lines_of(ax) == {
        "answer": POINTS[0][[0, 2, 1, 3, 0]].tolist(),
        "reference": POINTS[0][[0, 1, 2, 3, 0]].tolist(),
    }
    assert dots_of(ax) == {"start": [[0.0, 0.0]]}


def test_an_order_of_points_is_an_open_line() -> None:
    ax = plot_answer(Order(), Instances(POINTS), 0, np.array([3, 2, 1, 0]))
    assert lines_of(ax) == {"answer": POINTS[0][[3, 2, 1, 0]].tolist()}
    assert ax.get_legend() is None


def test_chosen_points_are_marked() -> None:
    ax = plot_answer(Selection(), Instances(POINTS), 0, np.array([1, 3]), np.array([1]))
    assert not ax.lines
    assert dots_of(ax) == {
        "answer": POINTS[0][[1, 3]].tolist(),
        "reference": POINTS[0][[1]].tolist(),
    }


@pytest.mark.parametrize("task", [Tour(), Order(), Selection()])
def test_an_answer_without_a_position_leaves_the_points(task: SmallTask) -> None:
    ax = plot_answer(task, Instances(POINTS), 0, np.array([-1, 9]))
    assert not ax.lines
    assert [len(dots.get_offsets()) for dots in ax.collections] == [4]


def test_other_vectors_are_bars_in_the_order_chosen_and_hatched_where_wrong() -> None:
    values = np.arange(9.0).reshape(1, 3, 3)
    ax = plot_answer(Vectors(), Instances(values), 0, np.array([2, 1, 0]), np.array([2, 0, 1]))
    bars = sorted(ax.patches, key=lambda bar: bar.get_x())  # type: ignore[attr-defined]
    assert [bar.get_height() for bar in bars] == [6, 7, 8, 3, 4, 5, 0, 1, 2]  # type: ignore[attr-defined]
    assert [bar.get_hatch() for bar in bars] == [None] * 3 + ["//"] * 6
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2", "1", "0"]
    entries = [text.get_text() for text in ax.get_legend().get_texts()]  # type: ignore[union-attr]
    assert sorted(entries) == ["reference", "right place", "wrong place"]


def test_texts_and_words_are_lines_with_the_first_of_the_accepted_answers() -> None:
    ax = plot_answer(Words(), Instances(["input"]), 0, "one", ["two", "three"])
    assert [text.get_text() for text in ax.texts] == [
        "input", "input", "answer", "one", "reference", "two",
    ]  # fmt: skip
    ax = plot_answer(Words(), Instances([np.array([4, 5])]), 0, np.array([6]))
    assert [text.get_text() for text in ax.texts] == ["input", "4 5", "answer", "6"]


def test_an_image_stands_under_its_answer_and_a_wrong_one_has_the_reference() -> None:
    image = np.linspace(0, 1, 24).reshape(4, 6)
    ax = plot_answer(Pictures(), Instances([image]), 0, np.array([3]), np.array([3, 4]))
    assert (ax.get_title(), ax.get_xlabel()) == ("3", "reference: 3 4")
    np.testing.assert_array_equal(ax.images[0].get_array(), image)
    right = plot_answer(Pictures(), Instances([image]), 0, np.array([3]), np.array([3]))
    assert right.get_xlabel() == ""


def test_a_presenter_that_draws_is_asked() -> None:
    class Drawing(Presenter):
        def plot(
            self, instances: Instances, index: int, answer: Any, reference: Any, ax: Axes | None
        ) -> Axes:
            ax = axes_or_new(ax)
            ax.set_title(f"{index}: {answer} or {reference}")
            return ax

    class Drawn(Words):
        presenter = Drawing(Words.spec)

    assert isinstance(Drawn().presenter, DrawsAnswers)
    assert not isinstance(Words().presenter, DrawsAnswers)
    _, axes = new_figure()
    ax = plot_answer(Drawn(), Instances(["a", "b"]), 1, "c", "d", axes[0, 0])
    assert ax is axes[0, 0]
    assert ax.get_title() == "1: c or d"


@pytest.mark.parametrize("task", [Tour(), Vectors(), Words(), Pictures()])
def test_all_can_be_drawn_on_axes_that_are_given(task: SmallTask) -> None:
    inputs: dict[str, Any] = {"tokens": ["text"], "images": [np.zeros((4, 5))]}
    item = inputs.get(task.spec.inputs, np.random.default_rng(0).random((1, 4, task.spec.features)))
    figure, axes = new_figure()
    ax = plot_answer(task, Instances(item), 0, np.array([1, 2]), np.array([2, 1]), axes[0, 0])
    assert ax is axes[0, 0]
    assert figure_of(ax) is figure
    figure.canvas.draw()
