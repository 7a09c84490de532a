"""Baselines without parts of their own, on costs that can be averaged by hand."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.training.baselines.base import (
    BatchMean,
    ExponentialMean,
    NoBaseline,
    OwnGreedy,
    SharedMean,
)
from ptrnet_suite.training.policy_gradient import PolicyContext, policy_context
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.reinforce import Reinforce
from tests.networks import SPECS, make_batch, make_model
from tests.training.enumerated import costs_of

COSTS = torch.tensor([[1.0, 2.0, 6.0], [4.0, 4.0, 1.0]])
"""Of three answers to each of two instances; the mean is 3."""


@pytest.fixture
def context() -> PolicyContext:
    spec, constraint = SPECS["tour"]
    batch = make_batch(spec, [4, 4])
    return policy_context(make_model(spec), batch, constraint, TrainingState(risk=costs_of))


def test_means_are_taken_over_what_they_say(context: PolicyContext) -> None:
    assert NoBaseline()(COSTS, context).tolist() == [[0] * 3] * 2
    assert BatchMean()(COSTS, context).tolist() == [[3] * 3] * 2
    assert SharedMean()(COSTS, context).tolist() == [[3], [3]]
    assert SharedMean()(COSTS[:, :2], context).tolist() == [[1.5], [4]]
    assert NoBaseline().state() == BatchMean().state() == {}


def test_a_running_mean_keeps_its_share_of_what_was_before(context: PolicyContext) -> None:
    baseline = ExponentialMean(0.75)
    found = [float(baseline(costs, context)[1, 2]) for costs in (COSTS, 3 * COSTS, COSTS, COSTS)]
    # Means 3, 9, 3: the first batch is held against itself, every other one against those before.
    assert found == pytest.approx([3, 3, 0.75 * 3 + 0.25 * 9, 0.75 * 4.5 + 0.25 * 3])
    assert baseline(COSTS, context).shape == COSTS.shape
    again = ExponentialMean(0.75)
    again.load_state(baseline.state())
    assert torch.equal(again(COSTS, context), baseline(COSTS, context))


def test_reinforce_keeps_four_fifths_of_a_running_mean(context: PolicyContext) -> None:
    baseline = Reinforce("exponential").learned_baseline
    for costs in (COSTS, 2 * COSTS):
        baseline(costs, context)
    assert float(baseline(COSTS, context)[0, 0]) == pytest.approx(0.8 * 3 + 0.2 * 6)


def test_the_own_greedy_answer_is_what_the_greedy_search_finds(context: PolicyContext) -> None:
    from ptrnet_suite.search.sampling import Greedy

    found = Greedy()(context.model, context.batch, context.constraint).choices
    torch.testing.assert_close(OwnGreedy()(COSTS, context), costs_of(context.batch, found))
