"""Batches of tours: targets, augmentation and cost."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.points.geometry import to_unit_square, usual_side
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from tests.ptrnet_tasks.equivalents import TASKS, equivalents, solved

TASK = TravellingSalesman()
seeds = st.integers(0, 10_000)


def lengths_along(batch) -> np.ndarray:
    """Length of each target tour over the batch's own points."""
    lengths = []
    for points, mask, tour in zip(batch.inputs, batch.input_mask, batch.targets, strict=True):
        path = points[tour[mask]].double()
        lengths.append(float((path - path.roll(-1, 0)).norm(dim=1).sum()))
    return np.array(lengths)


def scales(instances: Instances) -> np.ndarray:
    """By what each instance is multiplied before a model sees it."""
    sides = [np.ptp(points, axis=0).max() for points in instances.inputs]
    return usual_side(instances.sizes()) / sides


def random_labelled(seed: int, mixed: bool) -> Instances:
    rng = np.random.default_rng(seed)
    sizes = [5, 9, 6, 8] if mixed else [7] * 4
    points = [rng.random((size, 2)) for size in sizes]
    tours = [rng.permutation(size) for size in sizes]
    return Instances(points, tours) if mixed else Instances(np.array(points), np.array(tours))


@given(st.integers(0, 10_000), st.booleans())
def test_augmentation_keeps_the_length_of_every_tour_and_begins_at_position_0(seed, mixed):
    instances = random_labelled(seed, mixed)
    plain, turned = TASK.batch(instances), TASK.batch(instances, np.random.default_rng(seed))
    assert lengths_along(turned) == pytest.approx(lengths_along(plain), rel=1e-5)
    expected = TASK.evaluate(instances, instances.solutions)["length"].values
    assert lengths_along(plain) == pytest.approx(expected * scales(instances), rel=1e-5)
    for batch in (plain, turned):
        assert (batch.targets[:, 0] == 0).all()
        assert (batch.input_mask == batch.target_mask).all()
        assert batch.input_mask.sum(1).tolist() == instances.sizes().tolist()
        assert batch.inputs[~batch.input_mask].abs().sum() == 0
        for tour, mask in zip(batch.targets, batch.input_mask, strict=True):
            assert sorted(tour[mask].tolist()) == list(range(int(mask.sum())))


@given(st.integers(0, 10_000), st.booleans())
def test_the_cost_of_choices_is_the_length_of_the_tour_also_under_padding(seed, mixed):
    instances = random_labelled(seed, mixed)
    batch = TASK.batch(instances)
    choices = torch.stack([batch.targets, batch.targets * batch.target_mask], 1)
    costs = TASK.cost(batch, choices).numpy()
    expected = TASK.evaluate(instances, instances.solutions)["length"].values
    expected = expected * scales(instances)
    assert costs == pytest.approx(np.stack([expected, expected], 1), rel=1e-5)


ENDS = [(None, None), (2, None), (None, 1), (1, 3)]


@pytest.mark.parametrize("ends", ENDS)
@settings(deadline=None, max_examples=20)
@given(seed=seeds, mixed=st.booleans(), augmented=st.booleans())
def test_a_labelled_path_is_a_closed_tour_that_costs_what_the_path_is_long(
    ends, seed, mixed, augmented
):
    task = TravellingSalesman(True, *ends)
    instances = task.label(random_labelled(seed, mixed))
    batch = task.batch(instances, np.random.default_rng(seed) if augmented else None)
    expected = task.evaluate(instances, instances.solutions)["length"].values
    costs = task.cost(batch, batch.targets.unsqueeze(1))[:, 0].numpy()
    assert costs == pytest.approx(expected * scales(instances), rel=1e-4)
    allowed = task.constraint().masks_along(batch, batch.inputs.shape[1], batch.targets)
    chosen = allowed.gather(2, batch.targets.unsqueeze(2)).squeeze(2)
    assert chosen[batch.target_mask].all()
    if not augmented:
        answers = task.answers(instances, batch.targets.numpy())
        for path, known in zip(answers, instances.solutions, strict=True):
            assert path.tolist() in (known.tolist(), known[::-1].tolist())


@pytest.mark.parametrize("ends", ENDS)
@given(seed=seeds, mixed=st.booleans())
@settings(deadline=None, max_examples=20)
def test_any_allowed_choices_mean_a_path_of_their_cost_with_the_ends_asked_for(ends, seed, mixed):
    task = TravellingSalesman(True, *ends)
    instances = random_labelled(seed, mixed)
    batch, rng = task.batch(replace(instances, solutions=None)), np.random.default_rng(seed)
    choices = np.zeros(batch.input_mask.shape, np.int64)
    for row, size in enumerate(instances.sizes()):
        fixed = max(1, task.ends.fixed)
        choices[row, :size] = [*range(fixed), *(fixed + rng.permutation(size - fixed))]
    answers = task.answers(instances, choices)
    lengths = task.evaluate(instances, answers)["length"]
    assert (lengths.weights == 1).all()
    costs = task.cost(batch, torch.from_numpy(choices).unsqueeze(1))[:, 0].numpy()
    assert costs == pytest.approx(lengths.values * scales(instances), rel=1e-4)


def test_the_start_of_a_closed_tour_is_where_it_is_written_from():
    task = TravellingSalesman(start=3)
    instances = TASK.label(TASK.generate(9, 5, seed=0))
    batch = task.batch(instances)
    plain = TASK.batch(instances)
    assert torch.equal(batch.inputs[:, 0], plain.inputs[:, 3])
    assert torch.equal(batch.inputs[:, 1:4], plain.inputs[:, :3])
    answers = task.answers(instances, batch.targets.numpy())
    assert all(tour[0] == 3 for tour in answers)
    assert (task.evaluate(instances, answers)["optimal"].values == 1).all()


@pytest.mark.parametrize(("ends", "path"), [((0, None), [1, 0, 2, 3]), ((0, 3), [0, 3, 1, 2])])
def test_a_solution_with_other_ends_than_asked_for_is_no_target(ends, path):
    task = TravellingSalesman(True, *ends)
    instances = Instances(np.random.default_rng(0).random((1, 4, 2)), np.array([path]))
    with pytest.raises(InputError, match="a solution with other ends than were asked for"):
        task.batch(instances)


def test_augmentation_reaches_every_start_both_directions_and_all_symmetries():
    square = np.array([[0.1, 0.2], [0.9, 0.35], [0.8, 0.6], [0.3, 0.95]])
    instances = Instances(np.tile(square, (3000, 1, 1)), np.tile(np.arange(4), (3000, 1)))
    batch = TASK.batch(instances, np.random.default_rng(0))
    first = {tuple(place) for place in batch.inputs[:, 0].numpy().round(4).tolist()}
    assert len(first) == 4 * 8
    assert len({tuple(tour) for tour in batch.targets.tolist()}) == 6


def test_a_batch_without_randomness_is_the_instance_in_the_unit_square():
    instances = TASK.generate(20, 4, seed=0)
    batch = TASK.batch(instances)
    assert batch.targets is None
    expected = to_unit_square(instances.inputs, usual_side(np.array(20)))
    assert batch.inputs.numpy() == pytest.approx(expected, rel=1e-6)


def test_the_constraint_allows_every_target_of_a_batch():
    batch = TASK.batch(random_labelled(1, mixed=True), np.random.default_rng(0))
    allowed = TASK.constraint().masks_along(batch, batch.inputs.shape[1], batch.targets)
    chosen = allowed.gather(2, batch.targets.unsqueeze(2)).squeeze(2)
    assert chosen[batch.target_mask].all()


def test_a_training_batch_takes_less_than_10_milliseconds():
    rng = np.random.default_rng(0)
    tours = np.argsort(rng.random((20_000, 50)), 1).astype(np.int16)
    instances = Instances(rng.random((20_000, 50, 2), dtype=np.float32), tours)
    seconds = []
    for _ in range(15):
        start = time.process_time()
        TASK.batch(instances.subset(rng.integers(0, 20_000, 256)), rng)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.01


@pytest.mark.parametrize("augmented", [False, True])
@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_a_tours_equivalents_are_all_tours_from_position_0_of_the_same_edges(
    augmented: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed) if augmented else None
    batch = TASKS["tour"].batch(solved("tour", seed), rng)
    assert batch.targets is not None
    for index, found in enumerate(equivalents(TASKS["tour"], batch)):
        size = int(batch.input_mask[index].sum())
        known = edges(batch.targets[index, :size].tolist())
        tours = [(0, *rest) for rest in permutations(range(1, size))]
        expected = {tour for tour in tours if edges(list(tour)) == known}
        assert (found[:, size:] == 0).all()
        assert {tuple(row) for row in found[:, :size].tolist()} == expected


def edges(tour: list[int]) -> set[frozenset[int]]:
    return {frozenset(pair) for pair in zip(tour, tour[1:] + tour[:1], strict=True)}
