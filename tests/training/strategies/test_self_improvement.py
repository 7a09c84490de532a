"""The cheapest sample is imitated."""

from __future__ import annotations

import torch

from ptrnet_suite.search.rollout import log_likelihood, sample
from ptrnet_suite.training.strategies.self_improvement import SelfImprovement
from tests.networks import SPECS, make_batch, make_model
from tests.training.enumerated import MOMENT, costs_of


def test_self_improvement_imitates_the_cheapest_sample() -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec), make_batch(spec, [4, 3])
    torch.manual_seed(5)
    loss = SelfImprovement(samples=6).loss(model, batch, constraint, MOMENT)
    torch.manual_seed(5)
    encoded = model.encode(batch)
    choices = sample(model, encoded, batch, constraint, 6)
    best = costs_of(batch, choices).argmin(1)
    picked = choices[torch.arange(2), best].unsqueeze(1)
    scores = log_likelihood(model, encoded, batch, constraint, picked)
    free = constraint.replay(batch, 4, picked.squeeze(1)).sum(2) > 1
    torch.testing.assert_close(loss, -scores.sum() / free.sum())
