"""Samples held against the greedy answer."""

from __future__ import annotations

import torch

from ptrnet_suite.search.rollout import greedy, log_likelihood, sample
from ptrnet_suite.training.strategies.self_critical import SelfCritical
from tests.networks import SPECS, make_batch, make_model
from tests.training.enumerated import MOMENT, costs_of, gradient


def test_what_costs_less_than_the_greedy_answer_becomes_more_probable() -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec), make_batch(spec, [4, 3])
    torch.manual_seed(5)
    loss = SelfCritical(samples=3).loss(model, batch, constraint, MOMENT)
    torch.manual_seed(5)
    encoded = model.encode(batch)
    choices = sample(model, encoded, batch, constraint, 3)
    costs = costs_of(batch, choices)
    against = costs_of(batch, greedy(model, encoded, batch, constraint))
    assert against.shape == (2, 1)
    scores = log_likelihood(model, encoded, batch, constraint, choices)
    torch.testing.assert_close(loss.detach(), costs.mean())
    expected = gradient(model, ((costs - against) * scores).mean())
    assert float(expected.norm()) > 0
    torch.testing.assert_close(gradient(model, loss), expected)
