"""Which sequences mean the same answer."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraints import ConstraintState
from ptrnet_suite.task.registry import load_task

TASKS = {"tour": load_task("tsp"), "hull": load_task("convex_hull")}
SIZES = [6, 4, 5, 3]
seeds = st.integers(0, 10_000)


def solved(name: str, seed: int) -> Instances:
    """Instances of several sizes; tours are random ones, hulls begin anywhere."""
    rng = np.random.default_rng(seed)
    instances = Instances([rng.random((size, 2)) for size in SIZES])
    if name == "tour":
        return instances.with_solutions([rng.permutation(size) for size in SIZES])
    hulls = TASKS["hull"].label(instances).solutions
    assert hulls is not None
    return instances.with_solutions([np.roll(hull, rng.integers(len(hull))) for hull in hulls])


def equivalents(task: Task, batch: Batch) -> Tensor:
    found = task.equivalents(batch)
    assert found is not None
    return found


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


@pytest.mark.parametrize("name", list(TASKS))
@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_all_equivalents_are_allowed_fit_the_mask_and_cost_the_same(name: str, seed: int) -> None:
    task = TASKS[name]
    batch = task.batch(solved(name, seed), np.random.default_rng(seed))
    found = equivalents(task, batch)
    assert batch.target_mask is not None
    costs = task.cost(batch, found)
    if costs is not None:
        torch.testing.assert_close(costs, costs[:, :1].expand_as(costs), atol=1e-5, rtol=1e-5)
    constraint = task.constraint()
    choices = batch.inputs.shape[1] + int(task.spec.ends)
    for column in found.unbind(1):
        progress: ConstraintState = constraint.start(batch, choices)
        for choice, counts in zip(column.unbind(1), batch.target_mask.unbind(1), strict=True):
            assert torch.equal(counts, ~progress.ended)
            assert constraint.allowed(progress).gather(1, choice.unsqueeze(1)).all()
            progress = constraint.advance(progress, choice)
        assert progress.ended.all()


@pytest.mark.parametrize("name", list(TASKS))
@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_the_canonical_one_is_the_same_however_the_answer_was_written(name: str, seed: int) -> None:
    task, instances = TASKS[name], solved(name, seed)
    solutions = instances.solutions
    assert solutions is not None
    turned = [np.roll(answer, seed % len(answer)) for answer in solutions]
    if name == "tour":
        turned = [answer[::-1].copy() for answer in turned]
    one, other = (
        equivalents(task, task.batch(told, np.random.default_rng(seed)))[:, 0]
        for told in (instances, instances.with_solutions(turned))
    )
    assert torch.equal(one, other)


def test_canonical_is_counter_clockwise_from_position_0_or_from_the_lowest_corner() -> None:
    square = np.array([[1.0, 1.0], [0.0, 0.1], [0.0, 1.0], [1.0, 0.0]])
    clockwise = Instances(square[None], np.array([[0, 3, 1, 2]]))
    expected = {"tour": [0, 2, 1, 3], "hull": [4, 1, 3, 2, 0]}
    for name, task in TASKS.items():
        assert equivalents(task, task.batch(clockwise))[0, 0].tolist() == expected[name]
    line = Instances(np.array([[[0.0, 0.0], [1.0, 0.0], [0.5, 0.0]]]), np.array([[0, 2, 1]]))
    assert equivalents(TASKS["tour"], TASKS["tour"].batch(line))[0].tolist() == [
        [0, 1, 2],
        [0, 2, 1],
    ]
