"""The grammar of searches."""

from __future__ import annotations

import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.search.active_search import ActiveSearch
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.diverse_beam import DiverseBeam
from ptrnet_suite.search.efficient_active_search import EfficientActiveSearch
from ptrnet_suite.search.exhaustive import Exhaustive
from ptrnet_suite.search.grammar import default_options
from ptrnet_suite.search.options import SEARCH_OPTIONS, WRAPPER_OPTIONS
from ptrnet_suite.search.sampling import Greedy, Sampling
from ptrnet_suite.search.simulation_guided import SimulationGuided
from ptrnet_suite.search.spec import SEARCHES, WRAPPERS, parse_search
from ptrnet_suite.search.stochastic_beam import StochasticBeam
from ptrnet_suite.search.wrappers import Augment, Multistart


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exhaustive:budget=1e6", Exhaustive(1_000_000)),
        ("exhaustive:5000", Exhaustive(5000)),
        ("beam:16,n_best=3", Beam(16, 0.0, 3)),
        ("beam:8,length_penalty=0.6,coverage_penalty=0.2", Beam(8, 0.6, 0, 0.2)),
        ("diverse_beam:8,groups=2,diversity=0", DiverseBeam(8, 2, 0.0)),
        ("stochastic_beam:32", StochasticBeam(32)),
        ("simulation_guided:4,expansion=3", SimulationGuided(4, 3)),
        ("multistart/greedy", Multistart(Greedy())),
        ("multistart:10/sample:4", Multistart(Sampling(4), 10)),
        ("augment:8/multistart/greedy", Augment(Multistart(Greedy()), 8)),
        ("augment/beam:2", Augment(Beam(2))),
    ],
)
def test_searches_and_wrappers_are_read_from_their_names(text: str, expected: object) -> None:
    assert parse_search(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there is no search ''"),
        ("augment:8", "ends with a wrapper; accepted is such as augment:8/greedy"),
        ("augment:8/", "there is no search ''"),
        ("greedy/beam", "there is no wrapper 'greedy'; there are augment, multistart"),
        ("multistart/augment/greedy", "accepted are augment before multistart"),
        ("augment/augment/greedy", "each at most once"),
        ("augment:0/greedy", "count is 0; accepted are whole numbers from 1 on"),
        ("augment:2.5/greedy", "count is 2.5; accepted are whole numbers from 1 on"),
        ("multistart:inner=1/greedy", "no multistart option 'inner'; there are count"),
        ("exhaustive:budget=0", "budget is 0; accepted are whole numbers from 1 on"),
        ("exhaustive:budget=inf", "budget is 'inf'; accepted are whole numbers from 1 on"),
        ("diverse_beam:4,diversity=-1", "diversity is -1; accepted are numbers from 0 on"),
    ],
)
def test_a_wrong_search_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        parse_search(text)
    assert "\n" not in str(caught.value)


def test_every_search_and_wrapper_can_be_named_with_all_of_its_options() -> None:
    named = ((SEARCHES, SEARCH_OPTIONS, ""), (WRAPPERS, WRAPPER_OPTIONS, "/greedy"))
    for classes, options_classes, rest in named:
        assert list(classes) == list(options_classes)
        for name, options_class in options_classes.items():
            options = default_options(options_class)
            text = ",".join(f"{key}={value}" for key, value in options.items())
            made = parse_search(f"{name}:{text}{rest}")
            assert type(made) is classes.get(name)
            assert isinstance(made, options_class)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("greedy", Greedy()),
        ("beam:16,length_penalty=0.6", Beam(16, 0.6)),
        ("sample:128,temperature=0.7,top_p=0.9", Sampling(128, 0.7, 0.9)),
        ("sample:1e2,top_k=5", Sampling(100, top_k=5)),
    ],
)
def test_a_search_is_read_from_its_name(text: str, expected: object) -> None:
    assert parse_search(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bean", "no search 'bean'; did you mean 'beam'; there are greedy, sample, beam"),
        ("beam:x", "width is 'x'; accepted are whole numbers from 1 "),
        ("beam:0", "width is 0; accepted are whole numbers from 1 "),
        ("beam:2.5", "width is 2.5; accepted are whole numbers from 1 "),
        ("sample:4,temperature=-1", "temperature is -1; accepted are numbers above 0"),
        ("beam:4,heat=1", "no beam option 'heat'; there are width, length_penalty"),
        ("greedy:3", "greedy takes no options"),
        ("sample:nan", "count is 'nan'; accepted are whole numbers from 1 "),
    ],
)
def test_a_wrong_search_is_told_in_one_sentence(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_search(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("active_search:7,samples=4,learning_rate=1e-5", ActiveSearch(7, 4, 1e-5)),
        ("efficient_active_search:imitation=0", EfficientActiveSearch(imitation=0)),
        ("efficient_active_search:50,adapt=layer", EfficientActiveSearch(50, adapt="layer")),
        (
            "augment:8/efficient_active_search:5,adapt=embedding",
            Augment(EfficientActiveSearch(5), 8),
        ),
    ],
)
def test_they_are_read_from_their_names(text: str, expected: Search) -> None:
    assert parse_search(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("multistart/active_search:5", "multistart cannot stand before a search that learns"),
        ("augment:8/multistart/efficient_active_search", "multistart cannot stand before"),
        ("efficient_active_search:5,adapt=head", "adapt is 'head'; accepted are embedding, layer"),
        ("efficient_active_search:5,adapt=3", "adapt is 3; accepted are embedding, layer"),
        (
            "active_search:5,adapt=layer",
            "no active_search option 'adapt'; there are steps",
        ),
        ("active_search:5,samples=1", "samples is 1; accepted are 0 and whole numbers from 2 "),
        ("active_search:5,imitation=-1", "imitation is -1; accepted are numbers from 0 on"),
        ("active_search:0", "steps is 0; accepted are whole numbers from 1 on"),
        ("active_search:5,learning_rate=0", "learning_rate is 0; accepted are numbers above 0"),
    ],
)
def test_a_wrong_one_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        parse_search(text)
    assert "\n" not in str(caught.value)
