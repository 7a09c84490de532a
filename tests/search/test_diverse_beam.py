"""Beams whose groups differ."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.diverse_beam import DiverseBeam
from ptrnet_suite.search.sampling import Greedy
from tests.networks import SPECS, make_batch, make_model


@pytest.mark.parametrize("name", ["tour", "sorting"])
@torch.inference_mode()
def test_a_diverse_beam_of_one_group_is_a_beam(name: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec), make_batch(spec, [6, 6])
    diverse = DiverseBeam(5, groups=1)(model, batch, constraint)
    assert torch.equal(diverse.choices, Beam(5)(model, batch, constraint).choices)


@torch.inference_mode()
def test_groups_differ_the_more_the_dearer_sameness_is() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [6] * 4)
    same = DiverseBeam(3, groups=3, diversity=0.0)(model, batch, constraint)
    greedy = Greedy()(model, batch, constraint)
    assert torch.equal(same.choices, greedy.choices.expand_as(same.choices))
    apart = DiverseBeam(3, groups=3, diversity=1e6)(model, batch, constraint)
    for firsts in apart.choices[:, :, 0].tolist():
        assert len(set(firsts)) == 3
    assert (apart.choices == greedy.choices).all(2).any(1).all()  # the first group is a beam
