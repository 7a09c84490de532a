"""Names of searches and of what may stand before them, and where each is; imports none of them."""

from __future__ import annotations

from typing import Any

from ptrnet_suite.runtime.registry import Registry

_HOME = "ptrnet_suite.search"

SEARCHES: Registry[Any] = Registry(
    "search",
    "ptrnet_suite.searches",
    {
        "greedy": f"{_HOME}.sampling:Greedy",
        "sample": f"{_HOME}.sampling:Sampling",
        "beam": f"{_HOME}.beam:Beam",
        "diverse_beam": f"{_HOME}.diverse_beam:DiverseBeam",
        "stochastic_beam": f"{_HOME}.stochastic_beam:StochasticBeam",
        "simulation_guided": f"{_HOME}.simulation_guided:SimulationGuided",
        "exhaustive": f"{_HOME}.exhaustive:Exhaustive",
        "active_search": f"{_HOME}.active_search:ActiveSearch",
        "efficient_active_search": f"{_HOME}.efficient_active_search:EfficientActiveSearch",
    },
)
"""Name -> a `Search`: a dataclass whose fields are its options, the first one known by no key."""

WRAPPERS: Registry[Any] = Registry(
    "wrapper",
    "ptrnet_suite.search_wrappers",
    {"augment": f"{_HOME}.wrappers:Augment", "multistart": f"{_HOME}.wrappers:Multistart"},
)
"""The same for what goes before a search and a slash, in the order in which they may stand."""
