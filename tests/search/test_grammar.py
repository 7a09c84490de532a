"""Names of searches, read before anything is imported that computes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.registry import Registry
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.grammar import default_options, options_class, read_search
from ptrnet_suite.search.names import SEARCHES, WRAPPERS
from ptrnet_suite.search.options import (
    AugmentOptions,
    BeamOptions,
    MultistartOptions,
    SamplingOptions,
)


@dataclass(frozen=True)
class Mine:
    """A search of another package."""

    depth: int = 3
    inner: object = None


class Plain:
    """One without options."""


HERE = "tests.search.test_grammar"
FOREIGN: Registry[type] = Registry(
    "search",
    "no.package",
    {
        "mine": f"{HERE}:Mine",
        "augment": f"{HERE}:Plain",
        "shorter": "ptrnet_suite.search.beam:Beam",
    },
)


def test_options_of_the_suite_stand_apart_and_a_packages_search_is_its_own() -> None:
    assert options_class(SEARCHES, "beam") is BeamOptions
    assert options_class(SEARCHES, "sample") is SamplingOptions
    assert options_class(WRAPPERS, "augment") is AugmentOptions
    assert options_class(WRAPPERS, "multistart") is MultistartOptions
    assert options_class(FOREIGN, "mine") is Mine
    # Neither a name nor a home that the suite has, too, makes a search the suite's own.
    assert options_class(FOREIGN, "augment") is Plain
    assert options_class(FOREIGN, "shorter") is Beam
    with pytest.raises(InputError, match="no search 'theirs'"):
        options_class(FOREIGN, "theirs")


def test_options_are_all_fields_but_the_search_within() -> None:
    assert default_options(Mine) == {"depth": 3}
    assert default_options(Plain) == {}


def test_a_name_is_taken_apart_into_wrappers_and_a_search() -> None:
    parsed = read_search("  augment:4/multistart/beam:3,n_best=2 ")
    assert [part.name for part in parsed.wrappers] == ["augment", "multistart"]
    assert parsed.wrappers[0].options == AugmentOptions(4)
    assert parsed.wrappers[1].options == MultistartOptions()
    assert (parsed.search.name, parsed.search.options) == ("beam", BeamOptions(3, n_best=2))
    assert not parsed.learns
    assert read_search("augment/active_search:3").learns
    assert read_search("sample:4,,top_k=2").search.options == SamplingOptions(4, top_k=2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("beam:3=4", "no beam option '3'; there are width"),
        ("multistart/multistart/beam", "accepted are augment before multistart, each at most once"),
        ("beam/multistart", "ends with a wrapper; accepted is such as multistart/greedy"),
        ("greedy:width=3", "no greedy option 'width'"),
        ("greedy:3", "greedy takes no options"),
        ("multistart:2/active_search", "multistart cannot stand before a search that learns"),
    ],
)
def test_what_is_wrong_with_a_name(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_search(text)
