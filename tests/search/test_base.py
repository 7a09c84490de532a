"""Hypotheses of every search have the shapes that their types name, and are ranked."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.search.base import Search
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.sampling import Sampling
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


@pytest.mark.parametrize("search", [Sampling(8, temperature=5), Beam(8)])
@torch.inference_mode()
def test_hypotheses_are_ranked_by_cost_where_there_is_one(search: Search) -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [6])
    generator = torch.Generator().manual_seed(0)
    found = search(
        model, batch, constraint, generator, cost=lambda _, choices: choices[:, :, -1].float()
    )
    last = found.choices[0, :, -1].tolist()
    assert last == sorted(last)
    assert len(set(last)) > 1
