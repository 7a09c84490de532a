"""Reads names of searches: `greedy`, `sample:128,temperature=0.7`, `beam:16`."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ptrnet_suite.errors import InputError
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.sampling import Greedy, Sampling

SEARCHES: dict[str, tuple[type[Search], str | None]] = {
    "greedy": (Greedy, None),
    "sample": (Sampling, "count"),
    "beam": (Beam, "width"),
}
"""Name -> class, and the option that the bare number after the colon sets."""


def parse_search(text: str) -> Search:
    """The search that `text` names; raises InputError that says what is accepted."""
    name, _, rest = text.strip().partition(":")
    if name not in SEARCHES:
        raise InputError(f"there is no search {name!r}; there are {', '.join(SEARCHES)}")
    kind, bare = SEARCHES[name]
    known = {item.name: type(item.default) for item in fields(kind)}  # type: ignore[arg-type]
    options: dict[str, Any] = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            if bare is None:
                raise InputError(f"search {text!r}: {name} takes no options")
            key, value = bare, part
        if key not in known:
            raise InputError(
                f"search {text!r}: {name} has no option {key!r}; it has {_list(known)}"
            )
        options[key] = _number(text, key, value, known[key])
    return kind(**options)


def _list(known: dict[str, type]) -> str:
    return ", ".join(known) or "none"


def _number(text: str, key: str, value: str, kind: type) -> Any:
    try:
        number = kind(float(value)) if kind is int else float(value)
    except (ValueError, OverflowError):
        raise InputError(f"search {text!r}: {key} must be a number, not {value!r}") from None
    smallest = 0 if key in ("length_penalty", "top_k") else 1e-9
    if not smallest <= number < float("inf") or (kind is int and number != float(value)):
        raise InputError(f"search {text!r}: {key}={value} is out of range")
    return number
