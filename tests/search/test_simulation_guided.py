"""Beams guided by greedy completions."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.search.simulation_guided import SimulationGuided
from ptrnet_suite.task.constraints import UntilEnd
from tests.networks import DECODERS, SPECS, make_batch, make_model, one_of, score_of
from tests.search.enumeration import every_answer

CASES = [(name, decoder) for name in SPECS for decoder in DECODERS]


@pytest.mark.parametrize(("name", "decoder"), CASES)
@torch.inference_mode()
def test_simulation_never_ends_worse_than_greedy(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [6, 5, 4, 6])
    greedy = Greedy()(model, batch, constraint)
    found = SimulationGuided(2, 3)(model, batch, constraint)
    assert (found.log_probabilities >= greedy.log_probabilities - 1e-4).all()

    def cost(_: Batch, choices: torch.Tensor) -> torch.Tensor:
        return -choices[:, :, 1].float()

    led = SimulationGuided(2, 3)(model, batch, constraint, cost=cost)
    assert (cost(batch, led.choices) <= cost(batch, greedy.choices)).all()
    assert (cost(batch, led.choices) < cost(batch, greedy.choices)).any()


@torch.inference_mode()
def test_simulation_of_everything_finds_the_cheapest_answer() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [4])
    answers, _ = every_answer(model, batch, constraint)
    weights = torch.tensor([1.0, -2.0, 0.5, 3.0])

    def cost(_: Batch, choices: torch.Tensor) -> torch.Tensor:
        return (choices * weights).sum(2)

    found = SimulationGuided(24, 4)(model, batch, constraint, cost=cost)
    assert float(cost(batch, found.choices)) == float(cost(batch, answers.unsqueeze(0)).min())


@torch.inference_mode()
def test_a_runaway_answer_is_cut_at_the_limit() -> None:
    spec, constraint = SPECS["text"][0], UntilEnd(longest=3)
    model, batch = make_model(spec, "lstm"), make_batch(spec, [2, 5])
    model.head.project.bias[0] = -50  # never ends by itself
    found = SimulationGuided(2, 2)(model, batch, constraint)
    assert found.choices.shape == (2, 1, 3)
    assert found.lengths.tolist() == [[3], [3]]
    for index in range(2):
        one, choices = one_of(batch, index), found.choices[index, 0].tolist()
        score = score_of(model, one, constraint, choices)
        assert float(found.log_probabilities[index, 0]) == pytest.approx(score, abs=1e-4)
