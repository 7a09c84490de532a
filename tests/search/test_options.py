"""The options of searches: what holds where nothing is said, and what is accepted."""

from __future__ import annotations

import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.search.grammar import default_options, read_search
from ptrnet_suite.search.options import SEARCH_OPTIONS, WRAPPER_OPTIONS

MILLION = 1_000_000

DEFAULTS = {
    "greedy": {},
    "sample": {"count": 16, "temperature": 1.0, "top_p": 1.0, "top_k": 0},
    "beam": {"width": 8, "length_penalty": 0.0, "n_best": 0, "coverage_penalty": 0.0},
    "diverse_beam": {"width": 8, "groups": 4, "diversity": 0.5},
    "stochastic_beam": {"count": 16},
    "simulation_guided": {"width": 4, "expansion": 4},
    "exhaustive": {"budget": 100_000},
    "active_search": {"steps": 50, "samples": 0, "learning_rate": 5e-5, "imitation": 0.0},
    "efficient_active_search": {
        **{"steps": 50, "samples": 0, "learning_rate": 0.002, "imitation": 0.01},
        "adapt": "embedding",
    },
    "augment": {"count": 8},
    "multistart": {"count": 0},
}
"""What the pages on searches, the figures in results/ and scripts of users rely on."""

LEARNING = ("active_search", "efficient_active_search")
FROM = {
    0: [
        *("sample:top_k", "beam:length_penalty", "beam:n_best", "beam:coverage_penalty"),
        *("diverse_beam:diversity", "multistart:count"),
        *(f"{name}:imitation" for name in LEARNING),
    ],
    1: [
        *("sample:count", "beam:width", "diverse_beam:width", "diverse_beam:groups"),
        *("stochastic_beam:count", "simulation_guided:width", "simulation_guided:expansion"),
        *("exhaustive:budget", "augment:count", *(f"{name}:steps" for name in LEARNING)),
    ],
    2: [f"{name}:samples" for name in LEARNING],
}
"""The smallest number that is accepted."""

UP_TO = {
    1: ["sample:top_p"],
    MILLION: [
        *("sample:count", "beam:width", "diverse_beam:width", "stochastic_beam:count"),
        *("simulation_guided:width", *(f"{name}:samples" for name in LEARNING)),
    ],
}
ABOVE_NOTHING = [
    *("sample:temperature", "sample:top_p"),
    *(f"{name}:learning_rate" for name in LEARNING),
]


def accepts(option: str, value: float) -> bool:
    """Whether `name:option=value` can be said."""
    rest = "/greedy" if option.partition(":")[0] in WRAPPER_OPTIONS else ""
    try:
        read_search(f"{option}={value!r}{rest}")
    except InputError as error:
        return "accepted are" not in str(error)
    return True


def test_what_holds_where_nothing_is_said() -> None:
    known = {**SEARCH_OPTIONS, **WRAPPER_OPTIONS}
    assert {name: default_options(options) for name, options in known.items()} == DEFAULTS


@pytest.mark.parametrize(
    ("option", "low"), [(option, low) for low, options in FROM.items() for option in options]
)
def test_numbers_are_accepted_from_the_smallest_on(option: str, low: int) -> None:
    assert accepts(option, low)
    # No samples means as many as there are positions.
    assert accepts(option, low - 1) is False
    assert accepts(option, 0) is (low == 0 or option.endswith(":samples"))


@pytest.mark.parametrize(
    ("option", "high"), [(option, high) for high, options in UP_TO.items() for option in options]
)
def test_numbers_are_accepted_up_to_the_largest(option: str, high: int) -> None:
    assert accepts(option, high)
    assert not accepts(option, high + 1)


@pytest.mark.parametrize("option", ABOVE_NOTHING)
def test_what_must_be_above_nothing_may_be_as_small_as_it_likes(option: str) -> None:
    assert accepts(option, 1e-9)
    assert not accepts(option, 0)


def test_every_number_has_its_least() -> None:
    told = {*ABOVE_NOTHING, *(option for options in FROM.values() for option in options)}
    numbers = {
        f"{name}:{option}"
        for name, options in DEFAULTS.items()
        for option, value in options.items()
        if not isinstance(value, str)
    }
    assert told == numbers
