"""A task's defaults, and what a class must agree on with itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.constraint import ConstraintState
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.registry import load_task, task_names
from tests.ptrnet_tasks.equivalents import TASKS, equivalents, solved
from tests.task.small_tasks import Order, SmallTask

seeds = st.integers(0, 10_000)


def reversed_order(instances: Instances) -> list[np.ndarray]:
    return [np.arange(len(item))[::-1] for item in instances.inputs]


SOLVERS = {
    "missing": Reference("missing", "not installed", lambda instances: [], available=lambda: False),
    "small": Reference("small", "for 3 items at most", lambda instances: [], largest=3),
    "reversed": Reference("reversed", "backwards", reversed_order),
}


class Solved(Order):
    solvers = SOLVERS


def test_the_best_reference_that_is_installed_and_takes_the_size_labels_by_default() -> None:
    task = Solved()
    labelled = task.label(task.generate(5, 2, 0))
    assert [answer.tolist() for answer in labelled.solutions or []] == [[4, 3, 2, 1, 0]] * 2
    assert task.evaluate(labelled, labelled.solutions or [])["exact"].values.all()


@pytest.mark.parametrize("name", [name for name in task_names() if name != "tsp"])
def test_a_task_whose_answers_have_no_ends_says_so(name: str) -> None:
    with pytest.raises(InputError, match=f"answers of {name} have no ends to choose"):
        load_task(name).with_ends(start=0)


def test_a_task_that_nothing_solves_says_that_it_needs_solutions() -> None:
    with pytest.raises(InputError, match="generated has no solutions, and the task small"):
        Order().label(Order().generate(5, 2, 0))


def test_a_task_is_its_own_without_options_costs_and_symmetries() -> None:
    task = Order()
    instances = task.generate(5, 2, 0)
    batch = task.batch(instances)
    assert task.options() == {}
    assert task.fitted(["anything"]) is task
    assert task.prepare(instances) is instances
    assert task.lengths(instances).tolist() == [5, 5]
    choices = batch.inputs.new_zeros(2, 1, 5).long()
    assert task.cost(batch, choices) is task.symmetries(batch) is task.equivalents(batch) is None
    with pytest.raises(InputError, match="the data has none"):
        task.risk(batch, choices)


def test_what_a_class_says_of_its_cost_and_what_it_has_must_agree() -> None:
    with pytest.raises(TypeError, match="has_cost = False, but a cost method"):

        class Forgetful(SmallTask):
            def cost(self, batch: Any, choices: Any) -> Any:
                return choices.sum(2)

    with pytest.raises(TypeError, match="has_cost = True, but no cost method"):

        class Boastful(SmallTask):
            has_cost = True


@pytest.mark.parametrize("name", task_names())
def test_every_task_has_formats_a_presenter_and_facts_for_lists(name: str) -> None:
    task = load_task(name)
    assert task.name == name
    assert task.summary
    assert task.example
    assert len({metric.name for metric in task.metrics}) == len(task.metrics) > 0
    assert load_task(name, task.options()).spec == task.spec
    with pytest.raises(InputError):
        task.formats.check(Instances([]))


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
