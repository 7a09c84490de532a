"""Searches rank what they found."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.search.base import Search
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.sampling import Sampling
from tests.networks import SPECS, make_batch, make_model


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
