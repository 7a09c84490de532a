"""Tasks by name, the plan beside a task, and how little a task's module imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.registry import (
    TASKS,
    bench_plan,
    default_plan,
    load_task,
    task_folder,
    task_names,
)
from tests.task.small_tasks import Order

FACTS = """
import sys
from ptrnet_suite.task.registry import load_task, task_names

for name in task_names():
    task = load_task(name)
    assert task.name and task.summary and task.example and task.metrics
    assert task.distributions and task.formats and isinstance(task.has_cost, bool)
    for reference in task.references().values():
        assert reference.description and reference.available() in (True, False)
print(*sorted({module.partition(".")[0] for module in sys.modules}))
print("scipy.stats" in sys.modules)
"""


def test_what_is_listed_of_all_tasks_needs_neither_torch_nor_solvers_nor_pictures() -> None:
    command = [sys.executable, "-X", "importtime", "-c", FACTS]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    tops, stats = ran.stdout.splitlines()
    assert "ptrnet_tasks" in tops.split()
    assert {"torch", "networkx", "matplotlib", "sklearn"}.isdisjoint(tops.split())
    assert stats == "False"
    # The last column of a line names what was imported, once for each module.
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "ptrnet_suite.task.base" in imported
    assert "torch" not in imported


def test_a_plan_stands_in_the_module_beside_the_task() -> None:
    from ptrnet_tasks.sorting.bench import SIZES

    sizes = [case.size for case in bench_plan(load_task("sorting")) if case.by_size]
    assert sizes == list(SIZES)


def test_without_such_a_module_every_distribution_is_tried_with_all_references() -> None:
    class Spread(Order):
        distributions = ("uniform", "clustered")

    plan = bench_plan(Spread())
    assert plan == default_plan(Spread())
    assert [(case.distribution, case.size, case.count) for case in plan] == [
        ("uniform", 20, 100),
        ("clustered", 20, 100),
    ]


@pytest.mark.parametrize("name", task_names())
def test_a_tasks_folder_holds_its_configs(name: str) -> None:
    assert list((task_folder(name) / "configs").glob("*.yaml"))


def test_unknown_names_and_options_are_refused_with_what_there_is() -> None:
    with pytest.raises(InputError, match="there is no task 'tps'; did you mean 'tsp'"):
        load_task("tps")
    with pytest.raises(InputError, match="there is no tsp option 'size'; there are open, start"):
        load_task("tsp", {"size": 5})
    with pytest.raises(InputError, match="there is no sorting option 'size'; there are none"):
        load_task("sorting", {"size": 5})


def test_a_task_of_a_script_or_notebook_is_at_home_where_that_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Written(Order):
        __module__ = "__main__"

    # `__main__` of a script: a file, and no spec.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    monkeypatch.setattr(TASKS, "_registered", {"written": Written, "noted": Written})
    assert task_folder("noted") == Path()
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "a.py"), raising=False)
    assert task_folder("written") == tmp_path
