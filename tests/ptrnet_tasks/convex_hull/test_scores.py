"""Convex hull answers: scores, files, refused input, words and pictures."""

from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.convex_hull.task import ConvexHullTask

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.answers import plot_answer

TASK = ConvexHullTask()
SQUARE = np.array([[0.0, 0.0], [1.0, 0.1], [0.9, 1.0], [0.1, 0.9], [0.5, 0.5]])


def mean(scores: dict, name: str) -> float:
    values, weights = scores[name][:2]
    return values.sum() / (len(values) if weights is None else weights.sum())


def mixed(seed: int = 0) -> Instances:
    """Labelled instances of different sizes."""
    rng = np.random.default_rng(seed)
    return TASK.label(Instances([rng.random((size, 2)) for size in (3, 12, 5, 7, 12, 4)]))


@pytest.mark.parametrize(
    ("answer", "exact", "same_set", "simple", "area"),
    [
        ([0, 1, 2, 3], 1, 1, 1, 1.0),
        ([2, 3, 0, 1], 1, 1, 1, 1.0),
        ([3, 2, 1, 0], 0, 1, 1, 1.0),
        ([0, 2, 1, 3], 0, 1, 0, None),
        ([0, 1, 2], 0, 0, 1, 0.5 * 0.91 / 0.81),
        ([0, 1, 2, 4, 3], 0, 0, 1, None),
        ([0, 1, 2, 3, 0], 0, 0, 0, None),
        ([0, 1], 0, 0, 0, None),
        ([], 0, 0, 0, None),
    ],
)
def test_scores_of_hand_made_answers(
    answer: list, exact: int, same_set: int, simple: int, area: float | None
) -> None:
    scores = TASK.evaluate(Instances(SQUARE[None]), [np.array(answer, np.int64)])
    found = [scores[name].values[0] for name in ("exact", "same_set", "simple")]
    assert found == [exact, same_set, simple]
    assert scores["area_ratio"].weights.tolist() == [simple]
    if area is not None:
        assert scores["area_ratio"].values[0] == pytest.approx(area)


def test_scores_hold_answers_against_the_files_own_solutions() -> None:
    instances = Instances(SQUARE[None]).with_solutions([np.array([0, 1, 2])])
    assert TASK.evaluate(instances, [np.array([0, 1, 2])])["exact"].values.tolist() == [1]
    assert TASK.evaluate(instances, [np.array([0, 1, 2, 3])])["exact"].values.tolist() == [0]


def test_the_area_counts_only_simple_polygons_and_fails_above_one_per_cent() -> None:
    instances = Instances(np.repeat(SQUARE[None], 200, 0))
    right, crossed = np.array([0, 1, 2, 3]), np.array([0, 2, 1, 3])
    for wrong in (2, 3):
        scores = TASK.evaluate(instances, [crossed] * wrong + [right] * (200 - wrong))
        assert mean(scores, "area_ratio") == pytest.approx(1)
        assert mean(scores, "simple") == pytest.approx(1 - wrong / 200)
        assert [name for name, score in scores.items() if score.failure] == (
            ["area_ratio"] if wrong == 3 else []
        )


@pytest.mark.parametrize("suffix", [".txt", ".npz"])
def test_files_give_back_what_was_written(tmp_path: Path, suffix: str) -> None:
    for instances in (mixed(6), TASK.label(TASK.generate(9, 5, 0, "ring"))):
        path = tmp_path / f"hulls{suffix}"
        TASK.formats.write(instances, path)
        back = TASK.formats.read(path)
        assert [p.tolist() for p in back.inputs] == [p.tolist() for p in instances.inputs]
        assert [h.tolist() for h in back.solutions] == [h.tolist() for h in instances.solutions]


def test_text_is_written_in_the_official_form(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text(TASK.example.replace("1 2 4 5 1", "5 4 2 1 5") + "\n")
    TASK.formats.write(TASK.formats.read(path), tmp_path / "two.txt")
    assert (tmp_path / "two.txt").read_text().strip() == TASK.example


def test_the_example_is_a_hull(tmp_path: Path) -> None:
    path = tmp_path / "example.txt"
    path.write_text(TASK.example)
    instances = TASK.formats.read(path)
    assert TASK.label(instances).solutions[0].tolist() == instances.solutions[0].tolist()


LINE = np.linspace(0, 1, 5)[:, None] * [0.3, 0.7]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (SQUARE[:2], "has 2 points; at least 3"),
        (LINE, "all 5 points lie on one line; a hull needs an area"),
        (np.zeros((4, 2)), "all 4 points coincide"),
        (np.where(np.eye(5, 2), np.nan, SQUARE), "NaN"),
        (np.ones((5, 3)), "3 columns"),
        (np.vstack([SQUARE, SQUARE[2]]), r"points 3 and 6 .*coincide.*remove duplicates"),
    ],
)
def test_points_without_one_hull_are_refused(points: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TASK.formats.check(Instances([points], source="data.txt"))
    with pytest.raises(InputError, match=r"^data.txt, instance 2"):
        TASK.formats.check(Instances([SQUARE, points, LINE], source="data.txt"))


def test_duplicates_within_the_hull_and_points_on_its_edges_are_fine() -> None:
    inner = np.vstack([SQUARE, SQUARE[4], [0.5, 0.05]])
    TASK.formats.check(Instances([inner]))
    assert TASK.label(Instances([inner])).solutions[0].tolist() == [0, 1, 2, 3]


def test_decimals_on_a_line_count_as_a_line_although_rounding_moved_them() -> None:
    decimals = np.array([[0.1, 0.3], [0.2, 0.6], [0.3, 0.9], [0.7, 2.1]])
    assert len(TASK.label(Instances([decimals])).solutions[0]) > 2
    for shift in (0, 1000.1):
        with pytest.raises(InputError, match="lie on one line"):
            TASK.formats.check(Instances([decimals + shift]))
    TASK.formats.check(Instances([decimals * 1e-9 + [[0, 0], [0, 0], [0, 1e-12], [0, 0]]]))


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
