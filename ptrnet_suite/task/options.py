"""The options of a task, held against the types that its constructor declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import Parameter, signature
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.parse_config import parse_value
from ptrnet_suite.runtime.registry import unknown

if TYPE_CHECKING:
    from ptrnet_suite.task.base import Task


def typed_options(kind: type[Task], name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The options in their own types, such as 2 for 2.0.

    name: the task's. Raises InputError for an option that is unknown, missing, or of another type
    than the constructor says; which words and numbers make sense is for the task to check.
    """
    parameters = signature(kind).parameters
    known = [option for option in parameters if option not in ("args", "kwargs")]
    for option in given:
        if option not in known:
            raise InputError(unknown(f"{name} option", option, known))
    for option in known:
        if option not in given and parameters[option].default is Parameter.empty:
            raise InputError(f"the {name} option {option} is missing")
    hints = _option_types(kind)
    return {
        option: value
        if isinstance(value, str) and _is_sequence(hints.get(option))
        else parse_value(hints.get(option, Any), value, f"the task {name}", option)
        for option, value in given.items()
    }


def _is_sequence(hint: Any) -> bool:
    """Whether a text will do, which is a sequence of its letters."""
    return Sequence in (get_origin(hint), *map(get_origin, get_args(hint)))


def _option_types(kind: type[Task]) -> dict[str, Any]:
    """The types of a task's options that plain values can be held against."""
    try:
        hints = get_type_hints(kind.__init__)
    except NameError:  # names of types that are there for type checkers alone
        return {}
    return {name: _plain_type(hint) for name, hint in hints.items()}


def _plain_type(hint: Any) -> Any:
    """Single values and lists of them as they are, a word as any text, all else as anything."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return str
    if origin in (Union, UnionType) and NoneType in inner and len(inner) == 2:
        return _plain_type(next(part for part in inner if part is not NoneType)) | None
    if origin in (list, Sequence) and inner[0] in (bool, int, float, str):
        return hint
    return hint if hint in (bool, int, float, str) else Any
