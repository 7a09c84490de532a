"""Rules of the house that hold for all of its code."""

from __future__ import annotations

import inspect
import pkgutil
from abc import ABC
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from importlib import import_module
from types import FunctionType
from typing import final

import ptrnet_tasks
import pytest
import torch
from jaxtyping import TypeCheckError

import ptrnet_suite
from ptrnet_suite.model.layers.scores import make_score
from ptrnet_suite.search.rollout import gumbel_max
from ptrnet_suite.training.policy_gradient import policy_loss


def test_a_tensor_of_a_wrong_shape_is_refused_by_models_searches_and_training() -> None:
    score, query = make_score("dot", 4), torch.zeros(2, 3, 4)
    assert score(query, torch.zeros(2, 5, 4)).shape == (2, 3, 5)
    with pytest.raises(TypeCheckError, match="keys"):
        score(query, torch.zeros(1, 5, 4))
    assert gumbel_max(torch.zeros(2, 3)).shape == (2,)
    with pytest.raises(TypeCheckError, match="scores"):
        gumbel_max(torch.zeros(3))
    with pytest.raises(TypeCheckError, match="scores"):
        gumbel_max(torch.zeros(2, 3).long())
    costs = torch.ones(2, 3)
    assert policy_loss(torch.zeros(2, 3), costs, torch.zeros(2, 1)).shape == ()
    with pytest.raises(TypeCheckError, match="baseline"):
        policy_loss(torch.zeros(2, 3), costs, torch.zeros(3))


def classes() -> Iterator[type]:
    """All classes of the suite and its tasks."""
    for package in (ptrnet_suite, ptrnet_tasks):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = import_module(found.name)
            members = inspect.getmembers(module, inspect.isclass)
            yield from (cls for _, cls in members if cls.__module__ == module.__name__)


def is_final(cls: type) -> bool:
    return bool(vars(cls).get("__final__", False))


def is_abstract(cls: type) -> bool:
    """Whether it is a protocol, has abstract methods or says itself that it is a base class."""
    protocol = bool(getattr(cls, "_is_protocol", False))
    return protocol or inspect.isabstract(cls) or ABC in cls.__bases__


def is_record(cls: type) -> bool:
    """Whether it is a dataclass without methods, of which there is nothing to override."""
    own = {name: part for name, part in vars(cls).items() if isinstance(part, FunctionType)}
    return is_dataclass(cls) and all(name.startswith("__") for name in own)


def test_every_class_is_abstract_or_final_or_a_base_of_options_alone() -> None:
    known = list(classes())
    assert len(known) > 250
    bases = {base for cls in known for base in cls.__bases__}
    open_ones = [cls for cls in known if not is_abstract(cls) and not is_final(cls)]
    assert [cls for cls in open_ones if cls not in bases or not is_record(cls)] == []
    assert {cls.__module__ for cls in open_ones} == {"ptrnet_suite.search.options"}


def test_what_is_final_abstract_or_a_record_is_known_as_such() -> None:
    @final
    class Last: ...

    class Base(ABC): ...

    class Derived(Base): ...

    @dataclass
    class Record:
        width: int = 1

    @dataclass
    class Behaving(Record):
        def area(self) -> int:
            return self.width**2

    assert is_final(Last)
    assert not is_final(Derived)
    assert is_abstract(Base)
    assert not is_abstract(Derived)
    assert is_record(Record)
    assert not is_record(Behaving)
