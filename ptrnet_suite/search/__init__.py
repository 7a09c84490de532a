"""Searches: model, batch and constraint in, hypotheses out, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptrnet_suite.runtime.lazy import public_names

if TYPE_CHECKING:
    from ptrnet_suite.search.active_search import ActiveSearch as ActiveSearch
    from ptrnet_suite.search.base import Hypotheses as Hypotheses
    from ptrnet_suite.search.base import Problem as Problem
    from ptrnet_suite.search.base import Search as Search
    from ptrnet_suite.search.beam import Beam as Beam
    from ptrnet_suite.search.diverse_beam import DiverseBeam as DiverseBeam
    from ptrnet_suite.search.efficient_active_search import (
        EfficientActiveSearch as EfficientActiveSearch,
    )
    from ptrnet_suite.search.exhaustive import Exhaustive as Exhaustive
    from ptrnet_suite.search.sampling import Greedy as Greedy
    from ptrnet_suite.search.sampling import Sampling as Sampling
    from ptrnet_suite.search.simulation_guided import SimulationGuided as SimulationGuided
    from ptrnet_suite.search.spec import parse_search as parse_search
    from ptrnet_suite.search.stochastic_beam import StochasticBeam as StochasticBeam
    from ptrnet_suite.search.wrappers import Augment as Augment
    from ptrnet_suite.search.wrappers import Multistart as Multistart
else:
    __getattr__, __dir__, __all__ = public_names(
        __name__,
        {
            "active_search": "ActiveSearch",
            "base": "Hypotheses Problem Search",
            "beam": "Beam",
            "diverse_beam": "DiverseBeam",
            "efficient_active_search": "EfficientActiveSearch",
            "exhaustive": "Exhaustive",
            "sampling": "Greedy Sampling",
            "simulation_guided": "SimulationGuided",
            "spec": "parse_search",
            "stochastic_beam": "StochasticBeam",
            "wrappers": "Augment Multistart",
        },
    )
