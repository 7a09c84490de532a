"""Single values of a configuration: from what YAML, Python or a command line gives to their type.

YAML 1.1 reads `1e-3` as text; here text that is a number counts as that number.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any, Literal, final, get_args, get_origin

from ptrnet_suite.runtime.config_fields import Items, Range, Text, Words
from ptrnet_suite.runtime.json_documents import LARGEST_WHOLE
from ptrnet_suite.runtime.registry import nearest

LONGEST = 80
"""Characters of a value that a message shows."""

_LONGEST_BITS = 10_000
"""Python writes no number of more than 4,300 digits."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@final
class Unacceptable(ValueError):
    """A value that is not of the type or not among what its field declares."""


@final
class CommandLineText(str):
    """A value as it was typed on a command line: a text, or what YAML reads in it."""

    __slots__ = ()

    def read(self) -> Any:
        """The number, truth value, list, mapping or text that YAML reads in it."""
        from ptrnet_suite.runtime.yaml_documents import yaml_value

        try:
            return yaml_value(self)
        except ValueError:
            return str(self)


def plain(value: Any) -> Any:
    """The value, with all that was typed on a command line in it as YAML reads it."""
    if isinstance(value, CommandLineText):
        return value.read()
    if isinstance(value, Mapping) and any(isinstance(part, CommandLineText | Mapping)
                                          for part in value.values()):  # fmt: skip
        return {name: plain(inner) for name, inner in value.items()}
    return value


def shown(value: object) -> str:
    """A value as its user wrote it, in YAML's words, not too long."""
    if isinstance(value, CommandLineText):
        read = value.read()
        text = repr(str(value)) if isinstance(read, str) else str(value)
    elif value is None or isinstance(value, bool):
        text = {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, str):
        text = repr(str(value))
    elif isinstance(value, list | tuple):
        text = f"[{', '.join(map(shown, value))}]"
    elif isinstance(value, Mapping):
        text = f"{{{', '.join(f'{name}: {shown(inner)}' for name, inner in value.items())}}}"
    elif isinstance(value, int) and value.bit_length() > _LONGEST_BITS:
        text = f"a whole number of {value.bit_length():,} bits"
    elif isinstance(value, Real):
        text = str(value)
    else:
        text = f"of the class {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."


def parse_scalar(hint: Any, value: Any, accepts: object) -> Any:
    """A truth value, number, text or word; raises Unacceptable.

    hint: bool, int, float, str or a Literal, anything else is taken as it is; accepts: what the
    field declares, or None.
    """
    if hint is str and not isinstance(accepts, Words):
        return _text(value, accepts)
    value = plain(value)
    if isinstance(accepts, Words) or get_origin(hint) is Literal:
        if value not in names_of(hint, accepts):
            raise Unacceptable
        return value
    if hint is bool:
        if not isinstance(value, bool):
            raise Unacceptable
        return value
    if hint not in (int, float):
        return value
    number = _number(value, whole=hint is int)
    if not (accepts if isinstance(accepts, Range) else Range()).holds(number):
        raise Unacceptable
    return number


def _text(value: Any, accepts: object) -> str:
    """Text as it is; a path is its text, too."""
    if not isinstance(value, str | os.PathLike):
        raise Unacceptable
    text = str(value) if isinstance(value, str) else os.fspath(value)
    if isinstance(accepts, Text) and len(text) > accepts.most:
        raise Unacceptable
    return text


def _number(value: Any, whole: bool) -> float:
    if isinstance(value, str) and len(value) <= LONGEST and _NUMBER.fullmatch(value):
        value = int(value) if value.lstrip("+-").isdigit() else float(value)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise Unacceptable
    if not whole:
        try:
            return float(value)
        except OverflowError:
            raise Unacceptable from None
    exact = int(value) if isinstance(value, Integral) else float(value)
    if not abs(exact) < LARGEST_WHOLE or exact != int(exact):
        raise Unacceptable
    return int(exact)


def parse_list(hint: Any, value: Any, accepts: object) -> list[Any]:
    """A list of single values of the type `hint`; raises Unacceptable."""
    value = plain(value)
    if isinstance(value, str | Mapping) or not isinstance(value, Sequence):
        raise Unacceptable
    each = accepts.each if isinstance(accepts, Items) else None
    items = [parse_scalar(hint, item, each) for item in value]
    if isinstance(accepts, Items) and not accepts.holds(items):
        raise Unacceptable
    return items


def names_of(hint: Any, accepts: object) -> list[str]:
    """The words that a field accepts."""
    return accepts.names() if isinstance(accepts, Words) else list(get_args(hint))


def accepted(hint: Any, accepts: object, value: object = None) -> str:
    """What a field accepts, in words; value: what it was given, to which a near word is named."""
    if get_origin(hint) in (list, Sequence):
        return _accepted_list(get_args(hint)[0], accepts)
    if isinstance(accepts, Words) or get_origin(hint) is Literal:
        names = names_of(hint, accepts)
        near = nearest(value, names) if isinstance(value, str) else ""
        guess = f"did you mean {near!r}; " if near else ""
        return f"{guess}accepted are {', '.join(names) or 'none'}"
    if hint in (int, float):
        limits = accepts if isinstance(accepts, Range) else Range()
        return f"accepted are {limits.describe(noun_of(hint))}"
    if isinstance(accepts, Text):
        return f"accepted is text of up to {accepts.most} characters"
    words = {bool: "accepted are true and false", str: "accepted is text"}
    return words.get(hint, "accepted are names with values")


def _accepted_list(hint: Any, accepts: object) -> str:
    if isinstance(accepts, Items):
        verb = "is" if accepts.form else "are"
        return f"accepted {verb} {accepts.describe(noun_of(hint))}"
    return f"accepted are lists of {noun_of(hint)}"


def noun_of(hint: Any) -> str:
    """What values of a type are called, many of them."""
    return {int: "whole numbers", float: "numbers", str: "texts"}.get(hint, "values")
