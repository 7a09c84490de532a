"""Searches by name, in the grammar of `search.grammar`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ptrnet_suite.search.active_search import ActiveSearch
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.diverse_beam import DiverseBeam
from ptrnet_suite.search.efficient_active_search import EfficientActiveSearch
from ptrnet_suite.search.exhaustive import Exhaustive
from ptrnet_suite.search.grammar import SearchPart, default_options, read_search
from ptrnet_suite.search.sampling import Greedy, Sampling
from ptrnet_suite.search.simulation_guided import SimulationGuided
from ptrnet_suite.search.stochastic_beam import StochasticBeam
from ptrnet_suite.search.wrappers import Augment, Multistart, Wrapper

SEARCHES: dict[str, type[Search]] = {
    "greedy": Greedy,
    "sample": Sampling,
    "beam": Beam,
    "diverse_beam": DiverseBeam,
    "stochastic_beam": StochasticBeam,
    "simulation_guided": SimulationGuided,
    "exhaustive": Exhaustive,
    "active_search": ActiveSearch,
    "efficient_active_search": EfficientActiveSearch,
}
"""Name -> class; its options are in `search.options`."""

WRAPPERS: dict[str, type[Wrapper]] = {"augment": Augment, "multistart": Multistart}
"""The same for what goes before a search and a slash."""


def parse_search(text: str) -> Search:
    """The search that `text` names; raises InputError that says what is accepted."""
    wrappers, part = read_search(text)
    search = SEARCHES[part.name](**_values(part))
    for outer in reversed(wrappers):
        search = replace(WRAPPERS[outer.name](**_values(outer)), inner=search)
    return search


def _values(part: SearchPart) -> dict[str, Any]:
    return {name: getattr(part.options, name) for name in default_options(type(part.options))}
