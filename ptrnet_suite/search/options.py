"""The options of searches, as dataclasses; imports no torch, so that names are checked soon.

The first option of each is the one that it is known by: `beam:8` is `beam:width=8`. The first line
of each docstring is the search's description in `ptrnet list`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ptrnet_suite.runtime.config_fields import number

MOST = 1_000_000
"""Most hypotheses that are followed at once; more do not fit into any memory."""


@dataclass(frozen=True)
class GreedyOptions:
    """Takes the most probable choice at every step."""


@dataclass(frozen=True)
class SamplingOptions:
    """Draws `count` answers and puts the best first, by the task's cost where it has one."""

    count: int = number(16, low=1, high=MOST)
    temperature: float = number(1.0, above=0)
    top_p: float = number(1.0, above=0, high=1)
    top_k: int = number(0, low=0)


@dataclass(frozen=True)
class BeamOptions:
    """Keeps the `width` best unfinished hypotheses at every step, and the `width` best finished."""

    width: int = number(8, low=1, high=MOST)
    length_penalty: float = number(0.0, low=0)
    n_best: int = number(0, low=0)
    coverage_penalty: float = number(0.0, low=0)


@dataclass(frozen=True)
class DiverseBeamOptions:
    """Splits the beam into groups that pay for choices which earlier groups made at that step."""

    width: int = number(8, low=1, high=MOST)
    groups: int = number(4, low=1)
    diversity: float = number(0.5, low=0)


@dataclass(frozen=True)
class StochasticBeamOptions:
    """Draws `count` different answers at once, each with its Gumbel-perturbed log-probability."""

    count: int = number(16, low=1, high=MOST)


@dataclass(frozen=True)
class SimulationGuidedOptions:
    """Follows each of a beam's likeliest children greedily to its end, keeps the best led ones."""

    width: int = number(4, low=1, high=MOST)
    expansion: int = number(4, low=1)


@dataclass(frozen=True)
class ExhaustiveOptions:
    """The model's argmax, proved by depth-first branch and bound."""

    budget: int = number(100_000, low=1)


@dataclass(frozen=True)
class LearningOptions:
    """Makes `steps` updates by REINFORCE on its own answers and keeps the best one."""

    steps: int = number(50, low=1)
    samples: int = number(0, low=2, high=MOST, also=[0])
    learning_rate: float = number(0.002, above=0)
    imitation: float = number(0.0, low=0)


@dataclass(frozen=True)
class ActiveSearchOptions(LearningOptions):
    """Goes on training all weights on each instance alone and keeps its best answer."""

    learning_rate: float = number(5e-5, above=0)


@dataclass(frozen=True)
class EfficientActiveSearchOptions(LearningOptions):
    """Trains a few weights of its own for each instance and keeps its best answer."""

    imitation: float = number(0.01, low=0)
    adapt: Literal["embedding", "layer"] = "embedding"


@dataclass(frozen=True)
class AugmentOptions:
    """Solves `count` symmetric views of each instance and keeps the best answers."""

    count: int = number(8, low=1)


@dataclass(frozen=True)
class MultistartOptions:
    """Begins with every first choice, or with `count` of them, and keeps the best answers."""

    count: int = number(0, low=0)


SEARCH_OPTIONS: dict[str, type] = {
    "greedy": GreedyOptions,
    "sample": SamplingOptions,
    "beam": BeamOptions,
    "diverse_beam": DiverseBeamOptions,
    "stochastic_beam": StochasticBeamOptions,
    "simulation_guided": SimulationGuidedOptions,
    "exhaustive": ExhaustiveOptions,
    "active_search": ActiveSearchOptions,
    "efficient_active_search": EfficientActiveSearchOptions,
}
"""Name of a search of the suite -> its options; a package's search is its own options."""

WRAPPER_OPTIONS: dict[str, type] = {"augment": AugmentOptions, "multistart": MultistartOptions}
"""The same for what goes before a search and a slash, in the order in which they may stand."""
