"""Gradients of the sampling strategies against enumeration of every answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from ptrnet_suite.training.policy_gradient import policy_loss
from ptrnet_suite.training.strategies.base import Strategy
from ptrnet_suite.training.strategies.pomo import Pomo
from ptrnet_suite.training.strategies.reinforce import Reinforce
from ptrnet_suite.training.strategies.self_critical import SelfCritical
from tests.networks import SPECS, make_batch, make_model
from tests.training.enumerated import MOMENT, enumerated, gradient

MANY = 6000


@pytest.mark.parametrize("name", ["tour", "text"])
def test_the_policy_gradient_is_exact_in_expectation(name: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec), make_batch(spec, [4])
    _, scores, costs = enumerated(model, batch, constraint)
    probabilities = scores.exp()
    exact = gradient(model, (probabilities * costs).sum())
    assert float(exact.norm()) > 1e-3
    for baseline in (0.0, 0.7):
        _, scores, _ = enumerated(model, batch, constraint)
        weighted = sum(
            probability.detach()
            * policy_loss(scores[:, [i]], costs[:, [i]], torch.full((1, 1), baseline))
            for i, probability in enumerate(probabilities[0])
        )
        assert isinstance(weighted, Tensor)
        torch.testing.assert_close(gradient(model, weighted), exact, atol=1e-5, rtol=1e-3)


STRATEGIES: dict[str, Callable[[], Strategy]] = {
    "none": lambda: Reinforce("none", samples=MANY),
    "batch": lambda: Reinforce("batch", samples=MANY),
    "exponential": lambda: Reinforce("exponential", samples=MANY),
    "shared": lambda: Reinforce("shared", samples=MANY),
    "critic": lambda: Reinforce("critic", samples=MANY),
    "greedy": lambda: SelfCritical(samples=MANY),
    "pomo without equivalent starts": lambda: Pomo(samples=MANY),
}


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_sampled_gradients_come_close_to_the_expected_costs_gradient(name: str) -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec), make_batch(spec, [4])
    _, scores, costs = enumerated(model, batch, constraint)
    exact = gradient(model, (scores.exp() * costs).sum())
    torch.manual_seed(1)
    loss = STRATEGIES[name]().loss(model, batch, constraint, MOMENT)
    expected_cost = float((scores.exp() * costs).sum().detach())
    assert float(loss.detach()) == pytest.approx(expected_cost, abs=0.1)
    found = gradient(model, loss)
    assert float((found - exact).norm() / exact.norm()) < 0.15
