"""Searches by name, in the grammar of `search.grammar`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.registry import Registry
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.grammar import SearchPart, default_options, read_search
from ptrnet_suite.search.names import SEARCHES, WRAPPERS
from ptrnet_suite.search.wrappers import Wrapper


def parse_search(text: str) -> Search:
    """The search that `text` names; raises InputError that says what is accepted."""
    wrappers, part = read_search(text)
    search = _made(part, SEARCHES)
    for outer in reversed(wrappers):
        wrapper = _made(outer, WRAPPERS)
        if not isinstance(wrapper, Wrapper):
            raise InputError(f"search {text!r}: {outer.name} is no wrapper of searches")
        search = replace(wrapper, inner=search)
    return search


def as_search(search: object) -> Search:
    """A search itself, or that of a name; raises InputError for anything else."""
    if isinstance(search, Search):
        return search
    if not isinstance(search, str):
        raise InputError(f"search {search!r} is neither a name, such as 'beam:8', nor a Search")
    return parse_search(search)


def _made(part: SearchPart, registry: Registry[Any]) -> Search:
    if isinstance(part.options, Search):
        return part.options
    values = {name: getattr(part.options, name) for name in default_options(type(part.options))}
    search: Search = registry.get(part.name)(**values)
    return search
