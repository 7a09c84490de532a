"""The tasks: the built-in ones and every package's, all through one entry point group."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ptrnet_suite.runtime.registry import Registry
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_suite.task.constraint import check_constraint
from ptrnet_suite.task.options import typed_options

TASKS: Registry[type[Task]] = Registry("task", "ptrnet_suite.tasks")
"""Name -> class."""

DEFAULT_SIZE, DEFAULT_COUNT = 20, 100
"""Items of an instance, and instances, of a benchmark that the task does not plan."""


def task_names() -> list[str]:
    """Names of every task that is installed or registered."""
    return TASKS.names()


def task_class(name: str) -> type[Task]:
    """The class of a task; raises InputError for an unknown name."""
    return TASKS.get(name)


def load_task(name: str, options: Mapping[str, Any] | None = None) -> Task:
    """The task of that name with its options.

    Raises InputError for an unknown name or option, and for an option of another type than the
    task's constructor says.
    """
    task_kind = task_class(name)
    task = task_kind(**typed_options(task_kind, name, options or {}))
    check_constraint(task.constraint(), task.spec, name)
    return task


@cache
def task_folder(name: str) -> Path:
    """The folder of a task's code, where its configs and checkpoints are; imports only packages."""
    module = TASKS.module_of(name)
    if module in sys.modules:  # `__main__`, a script or a notebook, has no spec to be found by
        file = getattr(sys.modules[module], "__file__", None)
    else:
        spec = find_spec(module)
        file = None if spec is None else spec.origin
    return Path(file).parent if file else Path()


def bench_plan(task: Task) -> list[BenchCase]:
    """The cases that `ptrnet bench` runs.

    They are those of `plan(task)` in the module `bench` of the task's package, or without that
    module the default ones.
    """
    package = sys.modules[type(task).__module__].__package__
    beside = f"{package}.bench"
    if package and find_spec(beside) is not None:
        cases: list[BenchCase] = import_module(beside).plan(task)
        return cases
    return default_plan(task)


def default_plan(task: Task) -> list[BenchCase]:
    """100 instances of 20 items of every distribution, with all references."""
    capped = dict.fromkeys(task.references(), DEFAULT_COUNT)
    return [
        BenchCase(name, "distributions", DEFAULT_SIZE, DEFAULT_COUNT, name, references=capped)
        for name in task.distributions
    ]
