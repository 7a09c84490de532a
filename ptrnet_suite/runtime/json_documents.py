"""JSON in, plain values or one sentence out, whatever the bytes are.

Reading takes memory and time in proportion to the bytes; what comes out is nested no deeper than
`DEEPEST`, so that whoever works on it by recursion may.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.limits import excerpt, read_bytes

LARGEST_DOCUMENT = 2**26
"""Bytes of a document: the largest result file of the suite's own has a quarter of a million."""

MOST_VALUES = 4_000_000
"""Values in a document; each takes up to a hundred bytes of memory."""

DEEPEST = 64
"""Lists and mappings inside of each other."""

LARGEST_WHOLE = 2**64
"""Whole numbers are smaller than that: no file holds more of anything, and no seed is larger."""

_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Half of a character of two, which may stand without its other half."""


def read_json(path: Path, undefined: bool = False) -> dict[str, Any]:
    """The names and values of a JSON file; raises InputError for what is no JSON object.

    undefined: as in `json_value`.
    """
    try:
        content = json_value(read_bytes(path, LARGEST_DOCUMENT), undefined)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{path} is no JSON: {error}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path} holds a {type(content).__name__}; a JSON object is needed")
    return content


def json_value(document: str | bytes, undefined: bool = False) -> Any:
    """The value that a JSON document holds; raises ValueError with the reason alone.

    undefined: whether NaN and Infinity, which JSON does not know but Python writes, are numbers.
    A name that stands twice in an object is refused, as is a whole number of more than 64 bits.
    """
    text = document if isinstance(document, str) else document.decode("utf-8-sig")
    if sum(map(text.count, ",[{")) > MOST_VALUES:
        raise ValueError(f"it holds more than {MOST_VALUES:,} values")
    try:
        value = json.loads(
            text,
            parse_int=_whole_number,
            parse_float=_number,
            parse_constant=float if undefined else _undefined,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    check_depth(value)
    check_characters(text, value)
    return value


def check_depth(value: Any) -> None:
    """Raises ValueError for values that are nested deeper than `DEEPEST`; does not recurse."""
    level = [value]
    for _ in range(DEEPEST):
        containers = [part for part in level if isinstance(part, dict | list)]
        level = [
            inner
            for part in containers
            for inner in (part.values() if isinstance(part, dict) else part)
        ]
        if not level:
            return
    raise ValueError(f"it is nested more than {DEEPEST} deep")


def check_characters(text: str, value: Any) -> None:
    """Raises ValueError for texts that can neither be printed nor written.

    text: the document that the value was read from.
    """
    if _HALF.search(text):
        json.dumps(value, ensure_ascii=False).encode()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {excerpt(twice)} stands twice in an object")
    return content


def _whole_number(text: str) -> int:
    # `int` refuses more than 4,300 digits, and what fits no float is a trap for later.
    if len(text) > 21 or abs(int(text)) >= LARGEST_WHOLE:
        raise ValueError(f"the number {excerpt(text)} has more than 64 bits")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {excerpt(text)} is too large")
    return value


def _undefined(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")
