"""Hypotheses of several instances side by side."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.search.base import Search
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.diverse_beam import DiverseBeam
from ptrnet_suite.search.simulation_guided import SimulationGuided
from ptrnet_suite.task.constraints import UntilEnd
from tests.networks import DECODERS, SPECS, make_batch, make_model, one_of
from tests.search.enumeration import log_probabilities, same_choices

CASES = [(name, decoder) for name in SPECS for decoder in DECODERS]


@pytest.mark.parametrize(("name", "decoder"), [c for c in CASES if c[0] in ("hull", "text")])
@torch.inference_mode()
def test_instances_that_are_done_leave_and_the_others_go_on_as_if_alone(
    name: str, decoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, constraint = SPECS[name]
    sizes = [3, 9, 4, 6, 5, 3, 7, 4, 3, 8]
    constraint = UntilEnd(ratio=1.0, extra=0) if name == "text" else constraint
    model, batch = make_model(spec, decoder, seed=2), make_batch(spec, sizes)
    together = []
    narrow = model.narrow

    def counted(encoded, instances):  # type: ignore[no-untyped-def]
        together.append(len(instances))
        return narrow(encoded, instances)

    beam = Beam(3, 0.6)
    with monkeypatch.context() as patch:
        patch.setattr(model, "narrow", counted)
        found = beam(model, batch, constraint)
    assert len(together) > 1
    assert together == sorted(together, reverse=True)
    assert found.scores is not None
    for index in range(len(sizes)):
        alone = beam(model, one_of(batch, index), constraint)
        assert alone.scores is not None
        torch.testing.assert_close(found.scores[index], alone.scores[0], atol=1e-4, rtol=1e-4)
        for place in range(3):
            assert same_choices(found.choices[index, place], alone.choices[0, place])


@pytest.mark.parametrize(("name", "decoder"), CASES)
@pytest.mark.parametrize("search", [DiverseBeam(4, groups=2), SimulationGuided(2, expansion=2)])
@torch.inference_mode()
def test_answers_do_not_depend_on_company_and_have_the_probability_told(
    name: str, decoder: str, search: Search
) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [5, 4])
    together = search(model, batch, constraint)
    for index in range(batch.size):
        one = one_of(batch, index)
        alone = search(model, one, constraint)
        assert same_choices(together.choices[index, 0], alone.choices[0, 0])
        told = together.log_probabilities[index]
        torch.testing.assert_close(told, alone.log_probabilities[0], atol=1e-4, rtol=1e-4)
        scores = log_probabilities(model, one, constraint, alone.choices[0])
        torch.testing.assert_close(told, scores, atol=1e-4, rtol=1e-4)
