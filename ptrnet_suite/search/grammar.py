"""The grammar of searches: `greedy`, `sample:128,temperature=0.7`, `augment:8/multistart/greedy`.

A name may be followed by a colon and options `key=value` between commas; the first option of a
search needs no key. Wrappers stand before a search and a slash: augment, then multistart. Nothing
here imports a search: a wrong name is reported before torch is imported.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple, final

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.config_values import CommandLineText
from ptrnet_suite.runtime.parse_config import parse_config
from ptrnet_suite.runtime.registry import Registry
from ptrnet_suite.search.names import SEARCHES, WRAPPERS
from ptrnet_suite.search.options import SEARCH_OPTIONS, WRAPPER_OPTIONS, LearningOptions


@final
class SearchPart(NamedTuple):
    """A search or a wrapper by name, with its options in a dataclass of `search.options`."""

    name: str
    options: Any


@final
class SearchText(NamedTuple):
    """The parsed name of a search: the wrappers, the outermost first, and the search."""

    wrappers: list[SearchPart]
    search: SearchPart

    @property
    def learns(self) -> bool:
        """Whether the search trains on the instances."""
        return isinstance(self.search.options, LearningOptions)


def read_search(text: str) -> SearchText:
    """The parsed name; raises InputError that says what is accepted."""
    *outer, last = text.strip().split("/")
    if last.partition(":")[0] in WRAPPERS:
        raise InputError(f"search {text!r} ends with a wrapper; accepted is such as {last}/greedy")
    search = _part(text, last, SEARCHES)
    wrappers = [_part(text, part, WRAPPERS) for part in outer]
    order = [WRAPPERS.names().index(part.name) for part in wrappers]
    if order != sorted(set(order)):
        raise InputError(
            f"search {text!r}: accepted are {' before '.join(WRAPPERS)}, each at most once"
        )
    parsed = SearchText(wrappers, search)
    if parsed.learns and any(part.name == "multistart" for part in wrappers):
        raise InputError(
            f"search {text!r}: multistart cannot stand before a search that learns, which begins "
            "with every start by itself"
        )
    return parsed


def check_search(text: str) -> None:
    """Raises InputError where `text` names no search."""
    read_search(text)


def options_class(registry: Registry[Any], name: str) -> type:
    """The dataclass of a search's or wrapper's options; raises InputError for an unknown name.

    That of the suite's own is known without importing them, a package's is the search itself.
    """
    static = SEARCH_OPTIONS if registry is SEARCHES else WRAPPER_OPTIONS
    own = registry.module_of(name).startswith("ptrnet_suite.")
    cls: type = static[name] if own and name in static else registry.get(name)
    return cls


def default_options(cls: type) -> dict[str, Any]:
    """Names and defaults of the options in such a dataclass; none where it is no dataclass."""
    known = fields(cls) if is_dataclass(cls) else ()
    return {item.name: item.default for item in known if item.name != "inner"}


def _part(text: str, part: str, registry: Registry[Any]) -> SearchPart:
    name, _, rest = part.partition(":")
    cls = options_class(registry, name)
    known = list(default_options(cls))
    options = {}
    for option in filter(None, rest.split(",")):
        key, equals, value = option.partition("=")
        if not equals:
            if not known:
                raise InputError(f"search {text!r}: {name} takes no options")
            key, value = known[0], option
        options[key] = CommandLineText(value)
    if not is_dataclass(cls):
        return SearchPart(name, cls())
    return SearchPart(name, parse_config(cls, options, f"search {text!r}", kind=f"{name} option"))
