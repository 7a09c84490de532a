"""Convex hull data: distributions, labels, batches, augmentation."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.convex_hull.task import ConvexHullTask
from scipy.spatial import ConvexHull

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from tests.locations import SHARED, needs_data

TASK = ConvexHullTask()
OFFICIAL = SHARED / "ptrnet/convex_hull_5_test_first1000.txt"
SQUARE = np.array([[0.0, 0.0], [1.0, 0.1], [0.9, 1.0], [0.1, 0.9], [0.5, 0.5]])


def sizes_of(instances: Instances) -> np.ndarray:
    return np.bincount([len(hull) for hull in instances.solutions], minlength=6) / len(instances)


def mean(scores: dict, name: str) -> float:
    values, weights = scores[name][:2]
    return values.sum() / (len(values) if weights is None else weights.sum())


def mixed(seed: int = 0) -> Instances:
    """Labelled instances of different sizes."""
    rng = np.random.default_rng(seed)
    return TASK.label(Instances([rng.random((size, 2)) for size in (3, 12, 5, 7, 12, 4)]))


@pytest.mark.parametrize("distribution", TASK.distributions)
def test_generated_points_are_seeded_and_lie_in_the_unit_square(distribution: str) -> None:
    first = TASK.generate(12, 40, 3, distribution)
    assert first.inputs.shape == (40, 12, 2)
    assert 0 <= first.inputs.min() <= first.inputs.max() <= 1
    assert (first.inputs == TASK.generate(12, 40, 3, distribution).inputs).all()
    assert not (first.inputs == TASK.generate(12, 40, 4, distribution).inputs).any()
    TASK.formats.check(first)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2, 5, 0), "at least 3 points"),
        ((5, 0, 0), "at least 1"),
        ((5, 5, 0, "spiral"), "'spiral' is unknown; accepted: uniform"),
    ],
)
def test_impossible_requests_for_points_are_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TASK.generate(*arguments)


def test_most_ring_points_are_corners_and_most_uniform_points_are_not() -> None:
    corners = {
        name: np.mean([len(hull) for hull in TASK.label(TASK.generate(30, 200, 0, name)).solutions])
        for name in ("ring", "uniform")
    }
    assert corners["ring"] > 14
    assert corners["uniform"] < 10


def test_spread_points_have_the_official_files_hull_sizes() -> None:
    shares = sizes_of(TASK.label(TASK.generate(5, 4000, 1, "spread")))
    assert shares[3:] == pytest.approx([0.040, 0.361, 0.599], abs=0.05)
    uniform = sizes_of(TASK.label(TASK.generate(5, 4000, 1)))
    assert uniform[3:] == pytest.approx([0.112, 0.539, 0.349], abs=0.03)


def test_spread_points_lean_to_the_edges_and_keep_apart() -> None:
    spread, uniform = (TASK.generate(5, 8000, 2, name).inputs for name in ("spread", "uniform"))
    rows, columns = np.triu_indices(5, 1)
    distances = [
        np.linalg.norm(points[:, rows] - points[:, columns], axis=-1)
        for points in (spread, uniform)
    ]
    # The official file: variance 0.0900, distances 0.566, pairs nearer than 0.2 7.6 %.
    assert spread.var() == pytest.approx(0.090, abs=0.002)
    assert distances[0].mean() == pytest.approx(0.566, abs=0.01)
    assert (distances[0] < 0.2).mean() == pytest.approx(0.076, abs=0.01)
    assert (distances[1] < 0.2).mean() > 0.09


def test_labels_of_mixed_sizes_equal_scipys_and_keep_their_order() -> None:
    for points, hull in zip((instances := mixed()).inputs, instances.solutions, strict=True):
        vertices = ConvexHull(points).vertices
        assert hull.tolist() == np.roll(vertices, -int(np.argmin(vertices))).tolist()


@pytest.mark.parametrize("name", TASK.references())
def test_every_reference_gives_the_label(name: str) -> None:
    for instances in (TASK.label(TASK.generate(20, 50, 5)), mixed(1)):
        answers = TASK.references()[name].solve(instances)
        assert [a.tolist() for a in answers] == [h.tolist() for h in instances.solutions]


@needs_data
def test_all_labels_of_the_official_file_equal_ours() -> None:
    instances = TASK.formats.read(OFFICIAL)
    ours = TASK.label(instances).solutions
    assert len(instances) == 1000
    assert [a.tolist() for a in instances.solutions] == [b.tolist() for b in ours]
    assert sizes_of(instances)[3:].tolist() == [0.04, 0.358, 0.602]
    TASK.formats.check(instances)


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
    upright = np.abs(sides - 1).max(1) < 1e-6
    assert 0.4 < upright.mean() < 0.6
    lowest = np.stack([hull_drawn(batch, row) for row in np.flatnonzero(upright)])
    assert len(np.unique(lowest.round(3), axis=0)) == 8


def test_without_randomness_points_in_the_unit_square_are_shown_unchanged() -> None:
    instances = TASK.generate(10, 20, 0)
    batch = TASK.batch(instances)
    assert batch.targets is None
    assert (batch.inputs.numpy() == instances.inputs.astype(np.float32)).all()


def test_points_outside_of_the_unit_square_are_scaled_with_one_scale_for_both_axes() -> None:
    batch = TASK.batch(TASK.label(Instances((SQUARE * [200, 100] + 7)[None])))
    seen = batch.inputs[0].numpy()
    assert np.ptp(seen, axis=0) == pytest.approx([1, 0.5])
    assert hull_drawn(batch, 0) == pytest.approx(seen[:4])


def test_rounding_to_float32_does_not_change_the_hull() -> None:
    points = TASK.generate(50, 4000, 11).inputs
    exact = TASK.label(Instances(points)).solutions
    rounded = TASK.label(Instances(points.astype(np.float32))).solutions
    changed = sum(not np.array_equal(a, b) for a, b in zip(exact, rounded, strict=True))
    assert changed <= 4


def test_choices_become_positions_from_the_smallest_on() -> None:
    answers = TASK.answers(TASK.generate(5, 2, 0), [np.array([4, 5, 2]), np.array([1, 3, 2, 5])])
    assert [answer.tolist() for answer in answers] == [[1, 3, 4], [0, 2, 1, 4]]


def test_targets_read_back_as_answers_are_the_solutions() -> None:
    instances = mixed(3)
    batch = TASK.batch(instances)
    choices = [
        row[mask].numpy()[:-1] for row, mask in zip(batch.targets, batch.target_mask, strict=True)
    ]
    answers = TASK.answers(instances, choices)
    assert [a.tolist() for a in answers] == [h.tolist() for h in instances.solutions]
    assert {name: mean(TASK.evaluate(instances, answers), name) for name in
            ("exact", "same_set", "area_ratio", "simple")} == {
        "exact": 1, "same_set": 1, "area_ratio": 1, "simple": 1}  # fmt: skip


def test_the_constraint_allows_every_target() -> None:
    batch = TASK.batch(mixed(4), np.random.default_rng(0))
    allowed = TASK.constraint().masks_along(batch, batch.inputs.shape[1] + 1, batch.targets)
    assert allowed.gather(2, batch.targets.unsqueeze(2))[batch.target_mask].all()
