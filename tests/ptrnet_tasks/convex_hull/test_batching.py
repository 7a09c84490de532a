"""Batches of hulls: targets, augmentation and scale."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.points.geometry import to_unit_square, usual_side
from scipy.spatial import ConvexHull

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.data.instances import Instances
from tests.ptrnet_tasks.convex_hull.instances import TASK, mixed
from tests.ptrnet_tasks.equivalents import TASKS, equivalents, solved

SQUARE = np.array([[0.0, 0.0], [1.0, 0.1], [0.9, 1.0], [0.1, 0.9], [0.5, 0.5]])
seeds = st.integers(0, 10_000)


def hull_drawn(batch: Batch, row: int) -> np.ndarray:
    """The corner coordinates that a batch's targets draw, after checking where they end."""
    targets = batch.targets[row][batch.target_mask[row]].numpy()
    assert targets[-1] == END
    assert (targets[:-1] != END).all()
    assert (batch.targets[row][~batch.target_mask[row]] == END).all()
    return batch.inputs[row].numpy()[targets[:-1] - 1]


def from_lowest(corners: np.ndarray) -> np.ndarray:
    """A closed curve from its lowest corner on, of these the leftmost."""
    return np.roll(corners, -int(np.lexsort((corners[:, 0], corners[:, 1]))[0]), axis=0)


@pytest.mark.parametrize("augmented", [False, True])
def test_targets_go_counter_clockwise_from_the_lowest_point_that_the_model_sees(
    augmented: bool,
) -> None:
    for instances in (mixed(2), TASK.label(TASK.generate(15, 60, 1))):
        batch = TASK.batch(instances, np.random.default_rng(0) if augmented else None)
        assert batch.inputs.dtype == torch.float32
        assert not batch.inputs[~batch.input_mask].any()
        for row in range(batch.size):
            seen = batch.inputs[row][batch.input_mask[row]].numpy()
            expected = seen[ConvexHull(seen.astype(float)).vertices]
            assert hull_drawn(batch, row).tolist() == from_lowest(expected).tolist()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_augmentation_moves_points_rigidly_up_to_one_scale_and_reorders_them(seed: int) -> None:
    instances = TASK.label(TASK.generate(8, 4, seed))
    batch = TASK.batch(instances, np.random.default_rng(seed))
    for points, seen in zip(instances.inputs, batch.inputs.double().numpy(), strict=True):
        assert seen.min() >= -1e-6
        assert seen.max() <= 1 + 1e-6
        rows, columns = np.triu_indices(8, 1)
        before = np.sort(np.linalg.norm(points[rows] - points[columns], axis=1))
        after = np.sort(np.linalg.norm(seen[rows] - seen[columns], axis=1))
        assert after / after[-1] == pytest.approx(before / before[-1], abs=1e-5)


def test_augmentation_turns_mirrors_and_shuffles() -> None:
    instances = TASK.label(Instances(np.repeat(SQUARE[None], 400, 0)))
    batch = TASK.batch(instances, np.random.default_rng(0))
    assert len({row.numpy().tobytes() for row in batch.inputs}) > 300
    inside = np.linalg.norm(batch.inputs.numpy() - 0.5, axis=-1).argmin(1)
    assert set(inside.tolist()) == set(range(5))
    corner = np.array([batch.inputs[row, place].tolist() for row, place in enumerate(inside)])
    assert corner == pytest.approx(np.full((400, 2), 0.5), abs=0.1)
    sides = np.ptp(batch.inputs.numpy(), axis=1)
    upright = np.abs(sides - usual_side(np.array(5))).max(1) < 1e-6
    assert 0.4 < upright.mean() < 0.6
    lowest = np.stack([hull_drawn(batch, row) for row in np.flatnonzero(upright)])
    assert len(np.unique(lowest.round(3), axis=0)) == 8


def test_without_randomness_points_are_shown_in_their_order() -> None:
    instances = TASK.generate(10, 20, 0)
    batch = TASK.batch(instances)
    assert batch.targets is None
    seen = to_unit_square(np.asarray(instances.inputs), usual_side(np.array(10)))
    assert (batch.inputs.numpy() == seen.astype(np.float32)).all()


def test_points_are_scaled_with_one_scale_for_both_axes() -> None:
    batch = TASK.batch(TASK.label(Instances((SQUARE * [200, 100] + 7)[None])))
    seen = batch.inputs[0].numpy()
    side = float(usual_side(np.array(5)))
    assert np.ptp(seen, axis=0) == pytest.approx([side, side / 2])
    assert hull_drawn(batch, 0) == pytest.approx(seen[:4])


def test_rounding_to_float32_does_not_change_the_hull() -> None:
    points = TASK.generate(50, 4000, 11).inputs
    exact = TASK.label(Instances(points)).solutions
    rounded = TASK.label(Instances(points.astype(np.float32))).solutions
    changed = sum(not np.array_equal(a, b) for a, b in zip(exact, rounded, strict=True))
    assert changed <= 4


@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_a_hulls_equivalents_are_all_answers_that_count_as_exact(seed: int) -> None:
    task, instances = TASKS["hull"], solved("hull", seed)
    batch = task.batch(instances)
    found = equivalents(task, batch)
    for column in found.unbind(1):
        choices = [row[row != 0].numpy() for row in column]
        assert task.evaluate(instances, task.answers(instances, choices))["exact"].values.all()
    for row, hull in zip(found.tolist(), instances.solutions or [], strict=True):
        assert len({tuple(sequence) for sequence in row}) == len(hull)
