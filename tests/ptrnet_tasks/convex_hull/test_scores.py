"""Convex hull answers are scored by the polygon that they draw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.convex_hull.scores import score_hulls
from ptrnet_tasks.convex_hull.task import ConvexHullTask

from ptrnet_suite.data.instances import Instances

TASK = ConvexHullTask()
SQUARE = np.array([[0.0, 0.0], [1.0, 0.1], [0.9, 1.0], [0.1, 0.9], [0.5, 0.5]])


def mean(scores: dict, name: str) -> float:
    values, weights = scores[name][:2]
    return values.sum() / (len(values) if weights is None else weights.sum())


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


def test_the_example_is_a_hull(tmp_path: Path) -> None:
    path = tmp_path / "example.txt"
    path.write_text(TASK.example)
    instances = TASK.formats.read(path)
    assert TASK.label(instances).solutions[0].tolist() == instances.solutions[0].tolist()


def test_every_metric_is_a_share_of_which_more_is_better() -> None:
    names = ("exact", "same_set", "area_ratio", "simple")
    read = [(metric.name, metric.higher_is_better, metric.kind) for metric in TASK.metrics]
    assert read == [(name, True, "rate") for name in names]


def test_points_without_any_area_have_no_share_of_it() -> None:
    line = np.stack([np.linspace(0, 1, 4), np.linspace(0, 1, 4)], 1)
    scores = TASK.evaluate(
        Instances([line, SQUARE]).with_solutions([np.array([0, 3]), np.array([0, 1, 2, 3])]),
        [np.array([0, 3]), np.array([0, 1, 2, 3])],
    )
    assert scores["exact"].values.tolist() == [1, 1]
    assert scores["area_ratio"].values.tolist() == pytest.approx([0, 1])
    assert scores["area_ratio"].weights.tolist() == [0, 1]


def test_without_known_hulls_they_are_made() -> None:
    instances = Instances(SQUARE[None])
    assert instances.solutions is None
    found = score_hulls(instances, [np.array([1, 2, 3, 0])])
    assert found["exact"].values.tolist() == [1]
