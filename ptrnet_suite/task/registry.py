"""The table of tasks: the built-in ones and every plug-in, all through one entry point group."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from inspect import signature
from pathlib import Path
from typing import Any

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task

GROUP = "ptrnet_suite.tasks"


@cache
def task_table() -> dict[str, str]:
    """Task name -> `module:class`, from every package of the entry point group."""
    table: dict[str, str] = {}
    for entry in entry_points(group=GROUP):
        module = entry.load()
        if not hasattr(module, "TASKS"):
            raise InputError(
                f"the tasks of entry point {entry.name!r} cannot be read: {module.__file__} has no "
                "TASKS table; a file or folder of that name in the working directory may hide it"
            )
        table.update(module.TASKS)
    return table


def task_names() -> list[str]:
    """Names of every task that is installed."""
    return list(task_table())


def task_class(name: str) -> type[Task]:
    """The class of a task; raises InputError for an unknown name."""
    if name not in task_table():
        raise InputError(f"there is no task {name!r}; there are {', '.join(task_names())}")
    module, _, attribute = task_table()[name].partition(":")
    found: type[Task] = getattr(import_module(module), attribute)
    return found


def load_task(name: str, options: dict[str, Any] | None = None) -> Task:
    """The task of that name with its options; raises InputError for an unknown name or option."""
    kind, given = task_class(name), options or {}
    known = [option for option in signature(kind).parameters if option not in ("args", "kwargs")]
    unknown = [option for option in given if option not in known]
    if unknown:
        accepted = ", ".join(known) or "none"
        raise InputError(f"task {name!r} has no option {unknown[0]!r}; it has {accepted}")
    return kind(**given)


def task_folder(task: str) -> Path:
    """The folder of a task's code, where its configs and checkpoints are."""
    return Path(str(sys.modules[task_class(task).__module__].__file__)).parent
