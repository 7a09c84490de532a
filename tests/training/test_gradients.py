"""The noise of gradients."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.training.gradients import GradientSettings, gradient_noise, spread_of
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.reinforce import Reinforce
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from tests.networks import SPECS, make_batch, make_model


def test_noise_equals_its_definition_on_made_gradients() -> None:
    generator = torch.Generator().manual_seed(1)
    mean = torch.full((50,), 2.0)
    gradients = mean + 3.0 * torch.randn(4000, 50, generator=generator)
    found = spread_of(gradients)
    assert found.variance == pytest.approx(50 * 9, rel=0.02)
    assert found.signal == pytest.approx(50 * 4, rel=0.02)
    assert found.ratio == pytest.approx(9 / 4, rel=0.03)
    assert spread_of(torch.tensor([[1.0], [-1.0]])).figures()["gradient_noise"] is None


def test_equal_batches_have_no_noise_and_the_measure_leaves_no_trace() -> None:
    spec, constraint = SPECS["sorting"]
    model = make_model(spec).train()
    batch = make_batch(spec, [4, 4])._replace(
        targets=torch.tensor([[2, 0, 3, 1], [0, 1, 2, 3]]),
        target_mask=torch.ones(2, 4, dtype=torch.bool),
    )
    strategy = Reinforce("exponential")
    training_state = TrainingState(0, 1, lambda batch, choices: choices[..., 0].float())
    settings = GradientSettings(lambda: constraint, training_state)
    random_state, weights = torch.get_rng_state(), [weight.clone() for weight in model.parameters()]
    assert gradient_noise(model, strategy, [batch] * 4, settings).variance > 0
    assert torch.equal(torch.get_rng_state(), random_state)
    assert strategy.state() == {"mean": None}
    assert all(weight.grad is None for weight in model.parameters())
    assert all(map(torch.equal, weights, model.parameters()))
    found = gradient_noise(model, TeacherForcing(), [batch] * 4, settings)
    assert found.ratio == pytest.approx(0, abs=1e-6)
