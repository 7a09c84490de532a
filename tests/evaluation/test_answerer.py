"""Classical solvers as answerers: every task's, which are known, and what each takes."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.convex_hull.task import ConvexHullTask
from ptrnet_tasks.sorting.task import Sorting
from ptrnet_tasks.text.task import Text
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation import answerer
from ptrnet_suite.evaluation.answerer import SolverAnswerer, answer, find_solver
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.reference import Reference
from tests.task.small_tasks import Order

TASKS = [TravellingSalesman(), ConvexHullTask(), Sorting(), Text("reverse", "abc", "abc")]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_every_installed_solver_of_a_task_gives_right_answers(task: Task) -> None:
    known = task.label(task.generate(7, 5, 1))
    for name, solver in task.references().items():
        if not solver.available():
            continue
        answered = answer(SolverAnswerer(task, find_solver(task, name)), known)
        scores = task.evaluate(known, answered.best)
        right = scores.get("valid", scores.get("exact"))
        assert right is not None
        assert np.mean(right.values) == 1
        assert all(several[0].log_probability is None for several in answered.hypotheses)


def test_a_solver_sees_no_solution_and_gets_a_few_instances_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Instances] = []

    def solve(instances: Instances) -> list[int]:
        seen.append(instances)
        return [int(item[0, 0]) for item in instances.inputs]

    monkeypatch.setattr(answerer, "TOGETHER", 3)
    instances = Instances(np.arange(8.0).reshape(8, 1, 1), solutions=list(range(8)))
    told: list[int] = []
    solver = SolverAnswerer(TASKS[2], Reference("mine", "", solve))
    answered = answer(solver, instances, progress=told.append)
    assert answered.best == list(range(8))
    assert told == [3, 3, 2]
    assert all(part.solutions is None for part in seen)


def test_an_instance_too_large_for_a_solver_is_named_with_those_that_take_it() -> None:
    task = TravellingSalesman()
    instances = Instances([np.random.default_rng(0).random((size, 2)) for size in (5, 400)])
    with pytest.raises(InputError) as refused:
        SolverAnswerer(task, find_solver(task, "exact")).check(instances)
    sentence = str(refused.value)
    assert "instance 2 has size 400, and the solver exact takes at most 100" in sentence
    assert "fast-tsp" in sentence
    assert "christofides" not in sentence.partition("accepted")[2]
    SolverAnswerer(task, find_solver(task, "2-opt")).check(instances)


def test_a_solver_that_is_not_known_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no tsp solver 'exat'; did you mean 'exact'; there are"):
        find_solver(TravellingSalesman(), "exat")
    with pytest.raises(InputError, match="no small solver 'any'; there are none"):
        find_solver(Order(), "any")


def test_a_solver_that_is_not_installed_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = Reference(
        "far", "", lambda _: [], available=lambda: False, installed_by="pip install far"
    )
    near = Reference("near", "", lambda _: [])
    monkeypatch.setattr(Order, "references", lambda _: {"far": missing, "near": near})
    with pytest.raises(InputError, match=r"'far' needs what is not .*; pip install far; .* near$"):
        find_solver(Order(), "far")
