"""One function by which a program adds anything of its own under a name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, overload

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.registry import Registry, unknown

Thing = TypeVar("Thing")

REGISTRIES = {
    "task": "ptrnet_suite.task.registry:TASKS",
    "search": "ptrnet_suite.search.names:SEARCHES",
    "strategy": "ptrnet_suite.training.strategies.names:STRATEGIES",
    "encoder": "ptrnet_suite.model.registries:ENCODERS",
    "decoder": "ptrnet_suite.model.registries:DECODERS",
    "score": "ptrnet_suite.model.registries:SCORES",
    "alignment": "ptrnet_suite.model.registries:ALIGNMENTS",
}
"""Kind of thing -> `module:attribute` of its registry, imported when it is asked for."""


@overload
def register(kind: str, name: str) -> Callable[[Thing], Thing]: ...
@overload
def register(kind: str, name: str, thing: Thing) -> Thing: ...
def register(kind: str, name: str, thing: Any = None) -> Any:
    """Makes `thing` known under `name` in this process, wherever a name of its kind is taken.

    kind: task, search, strategy, encoder, decoder, score or alignment. Without a thing it decorates
    one:

        @register("task", "pareto")
        class Pareto(Task): ...

    A package that is installed does the same by an entry point. Returns the thing. Raises
    InputError for another kind, and for a name that is none.
    """
    registry = registry_of(kind)
    if thing is None:
        return lambda decorated: registry.register(name, decorated)
    return registry.register(name, thing)


def registry_of(kind: str) -> Registry[Any]:
    """The registry of things of that kind; raises InputError for another kind."""
    if kind not in REGISTRIES:
        raise InputError(unknown("kind of thing", kind, list(REGISTRIES)))
    module, _, attribute = REGISTRIES[kind].partition(":")
    registry: Registry[Any] = getattr(import_module(module), attribute)
    return registry
