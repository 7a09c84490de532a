"""The one check of configurations: plain values in, a frozen dataclass or one sentence out.

Values come from YAML, the command line, Python, a checkpoint's header or a comparison's plan; what
each may be is declared beside the dataclass's fields (see `config_fields`), so that a mistake is
reported in the same words wherever it was made:

    run.yaml: model.width is 0; accepted are whole numbers from 1 to 65536
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import (
    Any,
    NoReturn,
    Protocol,
    TypeVar,
    Union,
    cast,
    final,
    get_args,
    get_origin,
    get_type_hints,
    runtime_checkable,
)

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.config_fields import ACCEPTS, Grammar, Violation
from ptrnet_suite.runtime.config_values import (
    CommandLineText,
    Unacceptable,
    accepted,
    parse_list,
    parse_scalar,
    plain,
    shown,
)
from ptrnet_suite.runtime.registry import nearest, unknown

Config = TypeVar("Config")

LONGEST_NAME = 300
"""Letters of a name that is free, such as a variant's or a metric's, which tables show."""

GIVEN = "the config given"
"""Source of a configuration that a program made."""


@runtime_checkable
class Source(Protocol):
    """Tells where values come from: the words before a sentence about them."""

    def __call__(self, *paths: str) -> str:
        """Source of the values with these dotted names, which break a rule together."""


@final
@dataclass(frozen=True)
class Location:
    """Where a value stands: its dotted name, and how its source is named."""

    path: str
    source: Source
    open: bool = False
    """Whether mappings may have names that their dataclasses do not know."""

    def inner(self, name: object) -> Location:
        """The location of a value inside of this one."""
        return replace(self, path=f"{self.path}.{name}" if self.path else str(name))

    def refuse(self, sentence: str, *others: str) -> NoReturn:
        """Raises InputError; others: further dotted names that the sentence is about."""
        raise InputError(f"{self.source(self.path, *others)}: {sentence}")

    def refuse_value(self, value: object, accepted_words: str, *others: str) -> NoReturn:
        """Raises InputError with the value and what is accepted."""
        self.refuse(f"{self.path or 'it'} is {shown(value)}; {accepted_words}", *others)


def parse_config(
    cls: type[Config],
    values: Mapping[str, Any] | Config,
    source: str | Source,
    prefix: str = "",
    kind: str = "value",
    open: bool = False,
) -> Config:
    """The dataclass `cls` of nested plain values; missing ones take their defaults.

    source: where the values come from, such as a file's name; prefix: dotted name of what is
    parsed, where it is a part of something; kind: what one of its values is called; open: whether
    other names than `cls` has are left alone, as in a document of which only a part is read.
    Raises InputError for the first wrong value, unknown name or broken rule.
    """
    return _dataclass(cls, values, Location(prefix, named(source), open), kind)


def parse_value(hint: Any, value: Any, source: str | Source, name: str) -> Any:
    """A value of the type `hint`, as if a dataclass had a field of it; InputError as above.

    name: what the value is called, where it has a place in something its dotted name.
    """
    return _value(hint, value, None, Location(name, named(source)))


def named(source: str | Source) -> Source:
    """A source that is the same for all values where it is given as text."""
    return (lambda *paths: source) if isinstance(source, str) else source


def check_config(config: Config, source: str = GIVEN, prefix: str = "") -> Config:
    """A config made in Python, checked by the same declarations; InputError as `parse_config`.

    Returns it with values in their own types: 2.0 as 2 for a whole number, a tuple as a list.
    """
    return parse_config(type(config), config, source, prefix)


@cache
def hints_of(cls: type) -> dict[str, Any]:
    """Types of a dataclass's fields, looked up where each is declared.

    Any for all where a program's own dataclass names types that are not there at run time.
    """
    try:
        return get_type_hints(cls)
    except NameError:
        return {item.name: Any for item in fields(cls)}


def given_fields(cls: type) -> list[Field[Any]]:
    """Fields of a dataclass that are values of a configuration."""
    return [item for item in fields(cls) if item.init]


def dotted_names(cls: type) -> Iterator[str]:
    """Names of all single values of a dataclass and of those in it: `model.encoder.kind`."""
    for item in given_fields(cls):
        hint = hints_of(cls)[item.name]
        if isinstance(hint, type) and is_dataclass(hint):
            yield from (f"{item.name}.{name}" for name in dotted_names(hint))
        else:
            yield item.name


def _dataclass(cls: type[Config], values: Any, location: Location, kind: str = "value") -> Config:
    if isinstance(values, cls):
        cls = type(values)
        mapping: Any = {item.name: getattr(values, item.name) for item in given_fields(cls)}
    else:
        mapping = values.read() if isinstance(values, CommandLineText) else values
    if not isinstance(mapping, Mapping):
        location.refuse_value(values, "accepted are names with values")
    known = {item.name: item for item in given_fields(cls)}
    for name in mapping:
        if name not in known and not location.open:
            location.refuse(
                _unknown_name(cls, location, str(name), kind), location.inner(name).path
            )
    hints = hints_of(cast("type", cls))
    parsed = {
        name: _field_value(item, hints[name], mapping, location.inner(name))
        for name, item in known.items()
        if name in mapping or not _has_default(item)
    }
    config = cls(**parsed)
    for violation in getattr(config, "violations", tuple)():
        _refuse_violation(config, violation, location)
    return config


def _has_default(item: Field[Any]) -> bool:
    return item.default is not MISSING or item.default_factory is not MISSING


def _field_value(
    item: Field[Any], hint: Any, mapping: Mapping[str, Any], location: Location
) -> Any:
    accepts = item.metadata.get(ACCEPTS)
    if item.name not in mapping:
        location.refuse(f"{location.path} is missing; {accepted(hint, accepts)}")
    return _value(hint, mapping[item.name], accepts, location)


def _value(hint: Any, value: Any, accepts: object, location: Location) -> Any:
    """A value of the type `hint`; accepts: what its field declares."""
    if hint is Any:
        return plain(value)
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass(hint, value, location)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        if plain(value) is None and NoneType in inner:
            return None
        return _value(
            next(part for part in inner if part is not NoneType), value, accepts, location
        )
    if origin is dict:
        return _mapping(inner[1], value, location)
    if origin is list and (get_origin(inner[0]) or is_dataclass(inner[0])):
        return _nested_list(inner[0], value, location)
    if origin is tuple:
        return _tuple(inner, value, location)
    try:
        if origin in (list, Sequence):
            return parse_list(inner[0], value, accepts)
        parsed = parse_scalar(hint, value, accepts)
    except Unacceptable:
        location.refuse_value(value, accepted(hint, accepts, value))
    if isinstance(accepts, Grammar):
        _check_grammar(accepts, parsed, location)
    return parsed


def _mapping(hint: Any, value: Any, location: Location) -> dict[str, Any]:
    mapping = value.read() if isinstance(value, CommandLineText) else value
    if not isinstance(mapping, Mapping):
        location.refuse_value(value, "accepted are names with values")
    longest = max((str(name) for name in mapping), key=len, default="")
    if len(longest) > LONGEST_NAME:
        location.inner(shown(longest)).refuse(f"accepted are names of up to {LONGEST_NAME} letters")
    return {
        str(name): _value(hint, inner, None, location.inner(name))
        for name, inner in mapping.items()
    }


def _nested_list(hint: Any, value: Any, location: Location) -> list[Any]:
    """A list of what is no single value."""
    items = plain(value)
    if not isinstance(items, list | tuple):
        location.refuse_value(value, "accepted is a list")
    return [_value(hint, item, None, location.inner(index)) for index, item in enumerate(items)]


def _tuple(hints: Sequence[Any], value: Any, location: Location) -> tuple[Any, ...]:
    """As many values as there are hints, each of its own."""
    items = plain(value)
    if not isinstance(items, list | tuple) or len(items) != len(hints):
        location.refuse_value(value, f"accepted is a list of {len(hints)} values")
    return tuple(
        _value(hint, item, None, location.inner(index))
        for index, (hint, item) in enumerate(zip(hints, items, strict=True))
    )


def _check_grammar(grammar: Grammar, text: str, location: Location) -> None:
    try:
        grammar.check(text)
    except InputError as error:
        location.refuse(f"{location.path}: {error}")


def _unknown_name(cls: type, location: Location, name: str, kind: str) -> str:
    """The sentence on a name that is none, with a near one in `cls` or in what it holds."""
    siblings = [item.name for item in given_fields(cls)]
    # `--width` means `model.width`: what is known by its last part counts where siblings do not.
    inner = {dotted.rpartition(".")[2]: dotted for dotted in reversed([*dotted_names(cls)])}
    near = inner.get(name) or nearest(name, siblings) or inner.get(nearest(name, [*inner]), "")
    return unknown(
        kind,
        location.inner(name).path,
        [location.inner(sibling).path for sibling in siblings],
        near=location.inner(near).path if near else "",
    )


def _refuse_violation(config: object, violation: Violation, location: Location) -> NoReturn:
    others: list[str] = []

    def named(match: re.Match[str]) -> str:
        others.append(location.inner(match[1]).path)
        return f"{others[-1]} ({shown(_at(config, match[1]))})"

    words = re.sub(r"\{([\w.]+)\}", named, violation.sentence)
    value = _at(config, violation.name)
    location.inner(violation.name).refuse_value(value, words, *others)


def _at(config: Any, name: str) -> object:
    """The value with a dotted name."""
    for part in name.split("."):
        config = getattr(config, part)
    return config
