"""A task's defaults, and what a class must agree on with itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.registry import load_task, task_names
from tests.task.small_tasks import Order, SmallTask


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
