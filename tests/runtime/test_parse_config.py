"""Values of every kind become what their fields declare, or one sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.config_fields import Violation, expression, number, numbers, word
from ptrnet_suite.runtime.config_values import CommandLineText
from ptrnet_suite.runtime.parse_config import check_config, parse_config
from ptrnet_suite.runtime.registry import Registry

SHAPES: Registry[object] = Registry("shape", "tests.no_such_group", {"circle": "math:pi"})


def even(text: str) -> None:
    if len(text) % 2:
        raise InputError(f"{text!r} has an odd number of letters")


@dataclass(frozen=True)
class Part:
    size: int = number(4, low=1, high=100)
    rate: float = number(0.5, above=0, below=1)
    kind: str = word("a", ("a", "bee"), also=["none"])
    mode: Literal["fast", "slow"] = "fast"


@dataclass(frozen=True)
class Whole:
    part: Part = field(default_factory=Part)
    parts: dict[str, Part] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    flag: bool = True
    name: str = "x"
    limit: int | None = None
    free: float = 1.0
    count: int = number(0, low=2, also=[0])
    range: list[int] = numbers([1, 2], low=1, form="[low, high]", least=1, most=2)
    names: list[str] = field(default_factory=list)
    shape: str = word("circle", SHAPES)
    pairs: str = expression("", even)

    def violations(self) -> Iterator[Violation]:
        if self.part.size % 2 and not self.flag:
            yield Violation("part.size", "accepted with {flag} is an even number")


@dataclass(frozen=True)
class Needy:
    name: str
    size: int = number(1, low=1)


ACCEPTED = [
    ({"part": {"size": 7}}, "part.size", 7),
    ({"part": {"size": 7.0}}, "part.size", 7),
    ({"part": {"size": "1e2"}}, "part.size", 100),
    ({"part": {"size": np.int64(7)}}, "part.size", 7),
    ({"part": {"rate": np.float32(0.25)}}, "part.rate", 0.25),
    ({"part": {"rate": "1e-3"}}, "part.rate", 0.001),
    ({"free": 3}, "free", 3.0),
    ({"part": Part(size=9)}, "part.size", 9),
    ({"part": {"kind": "none"}}, "part.kind", "none"),
    ({"parts": {"one": {"mode": "slow"}}}, "parts", {"one": Part(mode="slow")}),
    ({"flag": False}, "flag", False),
    ({"name": Path("a/b")}, "name", "a/b"),
    ({"limit": None}, "limit", None),
    ({"limit": 3}, "limit", 3),
    ({"count": 0}, "count", 0),
    ({"range": (3, 4)}, "range", [3, 4]),
    ({"names": ["a", "b"]}, "names", ["a", "b"]),
    ({"options": {"a": [1, {"b": None}]}}, "options", {"a": [1, {"b": None}]}),
    ({"flag": CommandLineText("yes")}, "flag", True),
    ({"name": CommandLineText("007")}, "name", "007"),
    ({"limit": CommandLineText("null")}, "limit", None),
    ({"part": {"rate": CommandLineText("2e-1")}}, "part.rate", 0.2),
    ({"part": CommandLineText("{size: 3, kind: bee}")}, "part", Part(size=3, kind="bee")),
    ({"range": CommandLineText("[3, 4]")}, "range", [3, 4]),
    ({"options": {"a": CommandLineText("3"), "b": {"c": CommandLineText("x")}}}, "options",
     {"a": 3, "b": {"c": "x"}}),
]  # fmt: skip


@pytest.mark.parametrize(("values", "name", "expected"), ACCEPTED)
def test_a_value_is_taken_as_what_its_field_declares(
    values: dict[str, Any], name: str, expected: object
) -> None:
    value: Any = parse_config(Whole, values, "file")
    for part in name.split("."):
        value = getattr(value, part)
    assert value == expected
    assert type(value) is type(expected)


REFUSED = [
    ({"part": {"size": 0}}, "part.size is 0; accepted are whole numbers from 1 to 100"),
    ({"part": {"size": -8}}, "part.size is -8; accepted are whole numbers from 1 to 100"),
    ({"part": {"size": 1e6}}, "part.size is 1000000.0; accepted are whole numbers from 1 to 100"),
    ({"part": {"size": 2.5}}, "part.size is 2.5; accepted are whole numbers from 1 to 100"),
    ({"part": {"size": "x"}}, "part.size is 'x'; accepted are whole numbers from 1 to 100"),
    ({"part": {"size": True}}, "part.size is true; accepted are whole numbers from 1 to 100"),
    ({"part": {"size": None}}, "part.size is null; accepted are whole numbers from 1 to 100"),
    ({"part": {"size": math.nan}}, "part.size is nan; accepted are whole numbers from 1 to 100"),
    ({"part": {"rate": 1}}, "part.rate is 1; accepted are numbers above 0 and below 1"),
    ({"part": {"rate": math.inf}}, "part.rate is inf; accepted are numbers above 0 and below 1"),
    ({"free": math.nan}, "free is nan; accepted are numbers"),
    ({"free": 10**400}, f"free is {'1' + 75 * '0'} ...; accepted are numbers"),
    (
        {"part": {"kind": "be"}},
        "part.kind is 'be'; did you mean 'bee'; accepted are none, a, bee",
    ),
    ({"part": {"mode": "quick"}}, "part.mode is 'quick'; accepted are fast, slow"),
    ({"part": {"mode": ["fast"]}}, "part.mode is ['fast']; accepted are fast, slow"),
    ({"part": 3}, "part is 3; accepted are names with values"),
    ({"parts": {"one": {"size": 0}}}, "parts.one.size is 0; accepted are whole numbers from 1"),
    ({"parts": [1]}, "parts is [1]; accepted are names with values"),
    ({"options": "x"}, "options is 'x'; accepted are names with values"),
    ({"flag": 1}, "flag is 1; accepted are true and false"),
    ({"flag": "yes"}, "flag is 'yes'; accepted are true and false"),
    ({"flag": CommandLineText("0")}, "flag is 0; accepted are true and false"),
    ({"name": 3}, "name is 3; accepted is text"),
    ({"name": None}, "name is null; accepted is text"),
    ({"limit": "x"}, "limit is 'x'; accepted are whole numbers"),
    ({"count": 1}, "count is 1; accepted are 0 and whole numbers from 2 on"),
    ({"range": []}, "range is []; accepted is [low, high], whole numbers from 1 on"),
    ({"range": [1, 2, 3]}, "range is [1, 2, 3]; accepted is [low, high], whole numbers from 1 on"),
    ({"range": [0, "x"]}, "range is [0, 'x']; accepted is [low, high], whole numbers from 1 on"),
    ({"range": 5}, "range is 5; accepted is [low, high], whole numbers from 1 on"),
    ({"names": "abc"}, "names is 'abc'; accepted are lists of texts"),
    ({"names": [1]}, "names is [1]; accepted are lists of texts"),
    ({"shape": "circel"}, "shape is 'circel'; did you mean 'circle'; accepted are circle"),
    ({"pairs": "abc"}, "pairs: 'abc' has an odd number of letters"),
    ({"part": {"size": CommandLineText("0x")}}, "part.size is '0x'; accepted are whole numbers"),
    ({"flag": False, "part": {"size": 3}},
     "part.size is 3; accepted with flag (false) is an even number"),
    ({"part": {"sise": 3}}, "there is no value 'part.sise'; did you mean 'part.size'; "
     "there are part.size, part.rate, part.kind, part.mode"),
    ({"rate": 1}, "there is no value 'rate'; did you mean 'part.rate'; there are part, parts,"),
    ({"modde": 1}, "there is no value 'modde'; did you mean 'part.mode'; there are part, parts,"),
    ({"zzz": 1}, "there is no value 'zzz'; there are part, parts,"),
    ({3: 1}, "there is no value '3'; there are part, parts,"),
    ({"name": object()}, "name is of the class object; accepted is text"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "sentence"), REFUSED)
def test_a_wrong_value_is_told_in_one_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_config(Whole, values, "run.yaml")
    assert str(caught.value).startswith(f"run.yaml: {sentence}")
    assert "\n" not in str(caught.value)


def test_what_a_file_does_not_tell_has_its_default_and_what_has_none_is_asked_for() -> None:
    assert parse_config(Whole, {}, "file") == Whole()
    assert parse_config(Needy, {"name": "a"}, "file") == Needy("a")
    with pytest.raises(InputError, match=r"file: task.name is missing; accepted is text"):
        parse_config(Needy, {"size": 2}, "file", "task")


def test_a_config_made_in_python_is_checked_and_brought_into_its_types() -> None:
    made = Whole(part=Part(size=8.0), range=(2, 3))  # type: ignore[arg-type]
    checked = check_config(made)
    assert checked == Whole(part=Part(size=8), range=[2, 3])
    assert type(checked.part.size) is int
    with pytest.raises(InputError, match=r"the config given: part.size is 'x'; accepted are whole"):
        check_config(Whole(part=Part(size="x")))
    with pytest.raises(InputError, match="the config given: part is null; accepted are names"):
        check_config(Whole(part=None))  # type: ignore[arg-type]


def test_a_subclass_of_a_config_stays_one() -> None:
    @dataclass(frozen=True)
    class Further(Part):
        more: int = number(1, low=1)

    assert parse_config(Whole, {"part": Further(more=2)}, "file").part == Further(more=2)
    with pytest.raises(InputError, match=r"part.more is 0"):
        parse_config(Whole, {"part": Further(more=0)}, "file")


def test_a_name_that_is_registered_later_is_accepted_from_then_on() -> None:
    shapes: Registry[object] = Registry("shape", "tests.no_such_group")

    @dataclass(frozen=True)
    class Drawn:
        shape: str = word("circle", shapes)

    with pytest.raises(InputError, match="shape is 'star'; accepted are none"):
        parse_config(Drawn, {"shape": "star"}, "file")
    shapes.register("star", object())
    assert parse_config(Drawn, {"shape": "star"}, "file").shape == "star"


def test_each_value_has_the_source_that_it_came_from() -> None:
    def source(*paths: str) -> str:
        return "the command line" if "flag" in paths else "run.yaml"

    with pytest.raises(InputError, match=r"^run.yaml: name is 3"):
        parse_config(Whole, {"name": 3}, source)
    # Both values break the rule together, and the one that was typed decides.
    with pytest.raises(InputError, match=r"^the command line: part.size is 3"):
        parse_config(Whole, {"part": {"size": 3}, "flag": False}, source)


words = st.text("ab1.-e", max_size=5)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words
plain_values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(words, scalars, max_size=2)
fields_of_whole = st.sampled_from([*Whole.__dataclass_fields__, "no_field"])
fields_of_part = st.sampled_from([*Part.__dataclass_fields__, "no_field"])


@given(
    st.dictionaries(fields_of_whole, plain_values, max_size=3)
    | st.fixed_dictionaries({"part": st.dictionaries(fields_of_part, plain_values, max_size=3)})
)
def test_whatever_is_given_there_is_a_config_or_one_sentence_without_names_of_types(
    values: dict[str, Any],
) -> None:
    try:
        config = parse_config(Whole, values, "run.yaml")
    except InputError as error:
        sentence = str(error)
        assert sentence.startswith("run.yaml: ")
        assert not any(name in sentence for name in ("Literal[", "<class", "typing.", "dataclass"))
    else:
        assert check_config(config) == config
