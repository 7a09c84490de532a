"""`register`: one door for everything that a program can add."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite import InputError, register
from ptrnet_suite.runtime.registry import Registry
from ptrnet_suite.studies.registration import REGISTRIES
from ptrnet_suite.task.registry import TASKS, load_task, task_names


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TASKS, "_registered", {})


def test_a_task_is_known_by_its_name_once_it_is_registered() -> None:
    returned = register("task", "pareto", TravellingSalesman)
    assert returned is TravellingSalesman
    assert "pareto" in task_names()
    assert isinstance(load_task("pareto"), TravellingSalesman)


def test_register_decorates_a_class_and_leaves_it_as_it_is() -> None:
    @register("task", "shifted")
    class Shifted:
        offset = 3

    assert Shifted.offset == 3
    assert TASKS.get("shifted") is Shifted


def test_a_registered_name_hides_the_suites_own() -> None:
    register("task", "sorting", TravellingSalesman)
    assert isinstance(load_task("sorting"), TravellingSalesman)


def test_an_unknown_kind_and_a_name_that_is_none_are_refused() -> None:
    with pytest.raises(InputError, match="no kind of thing 'serch'; did you mean 'search'"):
        register("serch", "mine", np.array)
    with pytest.raises(InputError, match="'my task' cannot name a task"):
        register("task", "my task", TravellingSalesman)


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_kind_leads_to_a_registry_of_its_module(kind: str) -> None:
    module, _, attribute = REGISTRIES[kind].partition(":")
    registry = getattr(import_module(module), attribute)
    assert isinstance(registry, Registry)
    assert registry.names()
