"""Hypotheses of every search have the shapes that their types name."""

from __future__ import annotations

import pytest

from ptrnet_suite.search.spec import parse_search
from tests.networks import SPECS, make_batch, make_model
from tests.shapes import misfits

SEARCHES = [
    "greedy",
    "sample:3",
    "beam:3",
    "beam:3,coverage_penalty=0.5",
    "diverse_beam:4,groups=2",
    "stochastic_beam:3",
    "simulation_guided:2,expansion=2",
    "exhaustive",
    "multistart/greedy",
]


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("name", SPECS)
def test_hypotheses_have_their_shapes(name: str, search: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, "transformer"), make_batch(spec, [4, 3])
    hypotheses = parse_search(search)(model, batch, constraint)
    assert misfits(hypotheses) == []
    assert misfits(hypotheses.first(1)) == []
    assert misfits(hypotheses._replace(lengths=hypotheses.lengths[:, :0])) == ["lengths"]
