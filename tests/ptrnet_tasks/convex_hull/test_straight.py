"""Points in the middle of an edge are no corners of an answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.convex_hull.hull import split_hulls
from ptrnet_tasks.convex_hull.straight import without_straight_corners
from scipy.spatial import ConvexHull

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.search.sampling import Greedy
from tests.ptrnet_tasks.convex_hull.instances import TASK


def cleaned(points: list[list[float]], curve: list[int]) -> list[int]:
    padded = np.array([[*curve, -1, -1]])
    (found,) = split_hulls(without_straight_corners(np.array([points], float), padded))
    return found.tolist()


def test_straight_corners_go_and_all_others_stay() -> None:
    rectangle = [[0, 0], [1, 0], [2, 0], [4, 0], [4, 3], [0, 3], [0, 1.5]]
    assert cleaned(rectangle, [0, 1, 2, 3, 4, 5, 6]) == [0, 3, 4, 5]
    assert cleaned(rectangle, [1, 2, 3, 4, 5, 6]) == [1, 3, 4, 5, 6]
    assert cleaned(rectangle, [2, 3, 4, 5, 6, 0, 1]) == [3, 4, 5, 0]


def test_a_curve_that_turns_back_stays_as_it_is() -> None:
    points = [[0, 0], [4, 0], [2, 0], [4, 3]]
    assert cleaned(points, [0, 1, 2, 3]) == [0, 1, 2, 3]
    assert cleaned(points, [0, 2, 1]) == [0, 2, 1]


def test_a_point_that_only_seems_to_lie_on_an_edge_stays() -> None:
    nearly = float(np.nextafter(0.5, 1))
    assert cleaned([[0, 0], [0.5, 0.5], [1, 1], [0, 1]], [0, 1, 2, 3]) == [0, 2, 3]
    assert cleaned([[0, 0], [nearly, 0.5], [1, 1], [0, 1]], [0, 1, 2, 3]) == [0, 1, 2, 3]


def lattices(columns: int, rows: int, count: int) -> np.ndarray:
    rng = np.random.default_rng(columns)
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1).reshape(-1, 2)
    return np.stack([grid[rng.permutation(len(grid))] for _ in range(count)])


@pytest.mark.parametrize(
    "points",
    [
        lattices(4, 4, 20),
        lattices(10, 10, 20),
        lattices(3, 12, 20),
        np.random.default_rng(1).integers(0, 5, (60, 15, 2)),
        np.random.default_rng(2).integers(0, 12, (60, 50, 2)),
    ],
    ids=["4 x 4", "10 x 10", "3 x 12", "repeated of 25", "repeated of 144"],
)
def test_the_shipped_model_is_right_about_lattices_and_repeated_points(points: np.ndarray) -> None:
    checkpoint = load_checkpoint("convex_hull")
    instances = Instances(points.astype(float))
    answers = solve_instances(checkpoint.model, checkpoint.task, instances, Greedy())
    for row, answer in zip(points, answers, strict=True):
        corners = row[ConvexHull(row).vertices]
        assert {tuple(corner) for corner in row[answer]} == {tuple(corner) for corner in corners}
    assert (TASK.evaluate(instances, answers)["exact"].values == 1).all()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.booleans())
def test_of_repeated_points_the_model_sees_the_first_and_learns_it(seed: int, known: bool) -> None:
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 4, (3, 9, 2)).astype(float)
    points[:, :3] = [[0, 0], [3, 0], [1, 3]]
    instances = TASK.label(Instances(points)) if known else Instances(points)
    batch = TASK.batch(instances)
    for row, mask in zip(points, batch.input_mask.numpy(), strict=True):
        first = np.unique(row, axis=0, return_index=True)[1]
        assert sorted(first) == np.flatnonzero(mask).tolist()
    if known:
        shuffled = TASK.batch(instances, rng)
        assert shuffled.targets is not None
        for each in (batch, shuffled):
            assert each.targets is not None
            chosen = each.targets[each.targets > 0]
            rows = (each.targets > 0).nonzero()[:, 0]
            assert each.input_mask[rows, chosen - 1].all()
