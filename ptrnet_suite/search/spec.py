"""Reads names of searches: `greedy`, `sample:128,temperature=0.7`, `augment:8/multistart/greedy`.

A name may be followed by a colon and options `key=value` between commas; the option that it is
known by needs no key. Values are numbers, or words where an option says which. Wrappers stand
before a search and a slash: augment, then multistart.
"""

from __future__ import annotations

from dataclasses import Field, fields, replace
from typing import Any, get_args, get_type_hints

from ptrnet_suite.errors import InputError
from ptrnet_suite.search.active_search import ActiveSearch
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.diverse_beam import DiverseBeam
from ptrnet_suite.search.efficient_active_search import EfficientActiveSearch
from ptrnet_suite.search.exhaustive import Exhaustive
from ptrnet_suite.search.sampling import Greedy, Sampling
from ptrnet_suite.search.simulation_guided import SimulationGuided
from ptrnet_suite.search.stochastic_beam import StochasticBeam
from ptrnet_suite.search.wrappers import Augment, Multistart, Wrapper

Kinds = dict[str, tuple[type[Search], str | None]]

SEARCHES: Kinds = {
    "greedy": (Greedy, None),
    "sample": (Sampling, "count"),
    "beam": (Beam, "width"),
    "diverse_beam": (DiverseBeam, "width"),
    "stochastic_beam": (StochasticBeam, "count"),
    "simulation_guided": (SimulationGuided, "width"),
    "exhaustive": (Exhaustive, "budget"),
    "active_search": (ActiveSearch, "steps"),
    "efficient_active_search": (EfficientActiveSearch, "steps"),
}
"""Name -> class, and the option that the bare number after the colon sets."""

WRAPPERS: Kinds = {"augment": (Augment, "count"), "multistart": (Multistart, "count")}
"""The same for what goes before a search and a slash, in the order in which they may stand."""


def options_of(kind: type[Search]) -> dict[str, Any]:
    """Options of a search or wrapper and their defaults."""
    return {name: item.default for name, item in _fields_of(kind).items()}


def _fields_of(kind: type[Search]) -> dict[str, Field[Any]]:
    known = fields(kind)  # type: ignore[arg-type]
    return {item.name: item for item in known if item.name != "inner"}


def parse_search(text: str) -> Search:
    """The search that `text` names; raises InputError that says what is accepted."""
    *outer, last = text.strip().split("/")
    if last.partition(":")[0] in WRAPPERS:
        raise InputError(f"search {text!r} ends with a wrapper; accepted is such as {last}/greedy")
    search = _parse(text, last, SEARCHES)
    open_to = list(WRAPPERS)
    for part in reversed(outer):
        wrapper, name = _parse(text, part, WRAPPERS), part.partition(":")[0]
        if name not in open_to:
            raise InputError(
                f"search {text!r}: accepted are {' before '.join(WRAPPERS)}, each at most once"
            )
        open_to = open_to[: open_to.index(name)]
        assert isinstance(wrapper, Wrapper)
        search = replace(wrapper, inner=search)
    return search


def _parse(text: str, part: str, kinds: Kinds) -> Search:
    name, _, rest = part.partition(":")
    if name not in kinds:
        what = "search" if kinds is SEARCHES else "wrapper"
        raise InputError(f"there is no {what} {name!r}; there are {', '.join(kinds)}")
    kind, bare = kinds[name]
    known = _fields_of(kind)
    options: dict[str, Any] = {}
    for option in filter(None, rest.split(",")):
        key, equals, value = option.partition("=")
        if not equals:
            if bare is None:
                raise InputError(f"search {text!r}: {name} takes no options")
            key, value = bare, option
        if key not in known:
            told = ", ".join(known) or "none"
            raise InputError(f"search {text!r}: {name} has no option {key!r}; it has {told}")
        words = get_args(get_type_hints(kind)[key])
        read = _word(text, key, value, words) if words else _number(text, key, value, known[key])
        options[key] = read
    return kind(**options)


def _word(text: str, key: str, value: str, words: tuple[str, ...]) -> str:
    if value not in words:
        accepted = " or ".join(words)
        raise InputError(f"search {text!r}: {key} must be {accepted}, not {value!r}")
    return value


def _number(text: str, key: str, value: str, item: Field[Any]) -> float:
    default: Any = item.default
    try:
        number: float = type(default)(float(value))
    except (ValueError, OverflowError):
        raise InputError(f"search {text!r}: {key} must be a number, not {value!r}") from None
    # An option that is off by default is turned off by 0; the others are counts and scales.
    least = item.metadata.get("least", 1e-9 if default else 0)
    if not least <= number < float("inf") or number != float(value):
        raise InputError(f"search {text!r}: {key}={value} is out of range")
    return number
