"""The tasks: the built-in ones and every package's, all through one entry point group."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from typing import Any

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.registry import Registry
from ptrnet_suite.task.base import Task

TASKS: Registry[type[Task]] = Registry("task", "ptrnet_suite.tasks")
"""Name -> class."""


def task_names() -> list[str]:
    """Names of every task that is installed or registered."""
    return TASKS.names()


def task_class(name: str) -> type[Task]:
    """The class of a task; raises InputError for an unknown name."""
    return TASKS.get(name)


def load_task(name: str, options: dict[str, Any] | None = None) -> Task:
    """The task of that name with its options; raises InputError for an unknown name or option."""
    kind, given = task_class(name), options or {}
    known = [option for option in signature(kind).parameters if option not in ("args", "kwargs")]
    unknown = [option for option in given if option not in known]
    if unknown:
        accepted = ", ".join(known) or "none"
        raise InputError(f"task {name!r} has no option {unknown[0]!r}; it has {accepted}")
    return kind(**given)


@cache
def task_folder(name: str) -> Path:
    """The folder of a task's code, where its configs and checkpoints are; imports only packages."""
    found = find_spec(TASKS.module_of(name))
    return Path() if found is None or found.origin is None else Path(found.origin).parent
