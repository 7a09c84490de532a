"""The best policy so far as a baseline."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch
from scipy import stats

from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.baselines import greedy_rollout
from ptrnet_suite.training.baselines.greedy_rollout import GreedyRollout
from ptrnet_suite.training.policy_gradient import PolicyContext, policy_context
from ptrnet_suite.training.strategies.base import TrainingState
from tests.networks import SPECS, make_batch, make_model
from tests.training.risks import greedy_risk


def test_the_best_policy_so_far_gives_way_only_to_a_better_one() -> None:
    spec, constraint = SPECS["tour"]
    first, other = make_model(spec, seed=0), make_model(spec, seed=1)
    batch = make_batch(spec, [6] * 40)
    task = load_task("tsp")

    def call(baseline: GreedyRollout, model: Seq2Seq, step: int) -> float:
        context = policy_context(model, batch, constraint, TrainingState(step, risk=task.risk))
        return float(baseline(context.sample(1)[1], context).mean().detach())

    better, worse = sorted((first, other), key=lambda model: greedy_risk(model, task, batch))
    for held, candidate in ((worse, better), (better, worse)):
        baseline = GreedyRollout(every=2, decay=0.8, significance=0.05)
        call(baseline, held, 1)
        assert call(baseline, candidate, 2) == pytest.approx(greedy_risk(better, task, batch))
        assert len(baseline.trials) == (1 if held is worse else 2)  # a new best starts anew


def context_at(step: int, model: Seq2Seq, seed: int = 0) -> PolicyContext:
    spec, constraint = SPECS["tour"]
    state = TrainingState(step, 100, load_task("tsp").risk)
    return policy_context(model, make_batch(spec, [6] * 8, seed), constraint, state)


COSTS = torch.tensor([[2.0, 4.0]] * 8)


def test_a_running_mean_serves_until_the_first_trial() -> None:
    model = make_model(SPECS["tour"][0])
    baseline = GreedyRollout(every=3, decay=0.5, significance=0.05)
    for step, expected in ((0, 3.0), (1, 3.0), (2, 4.5)):
        found = baseline(COSTS * (step + 1), context_at(step, model, seed=step))
        assert found.unique().tolist() == [expected]
        assert len(baseline.trials) == step + 1
    for step in (3, 4):
        context = context_at(step, model, seed=step)
        found = baseline(COSTS, context)
        torch.testing.assert_close(found, context.greedy_costs())
        assert not found.requires_grad
    assert baseline.tried == 1
    baseline(COSTS, context_at(6, model))
    assert baseline.tried == 2


def test_the_first_batches_are_kept_for_trials_and_no_more_than_ten() -> None:
    model = make_model(SPECS["tour"][0])
    baseline = GreedyRollout(every=100, decay=0.5, significance=0.05)
    seen = []
    for step in range(13):
        context = context_at(step, model, seed=step)
        baseline(COSTS, context)
        seen.append(context.batch)
    assert len(baseline.trials) == 10
    assert all(one is other for one, other in zip(baseline.trials, seen, strict=False))


def test_a_policy_that_gives_the_same_answers_is_no_better() -> None:
    model = make_model(SPECS["tour"][0])
    # At a significance of 1 whatever has a p-value at all is accepted.
    baseline = GreedyRollout(every=1, decay=0.5, significance=1.0)
    baseline(COSTS, context_at(0, model))
    baseline(COSTS, context_at(1, model))
    assert baseline.tried == 1
    assert len(baseline.trials) == 2
    # A trial before any batch was seen tries nothing.
    early = GreedyRollout(every=1, decay=0.5, significance=1.0)
    early(COSTS, context_at(1, model))
    assert early.tried == 1
    assert len(early.trials) == 1


def test_the_best_policy_is_a_copy_that_training_does_not_touch() -> None:
    model = make_model(SPECS["tour"][0]).train()
    baseline = GreedyRollout(every=1, decay=0.5, significance=1e-9)
    baseline(COSTS, context_at(0, model))
    held, before = baseline.best, deepcopy(model)
    assert held is not None
    assert not held.training
    assert not any(weight.requires_grad for weight in held.parameters())
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(-1)
    context = context_at(1, model)
    expected = context_at(1, before.eval()).greedy_costs()
    assert not torch.allclose(context_at(1, model).greedy_costs(), expected)
    torch.testing.assert_close(baseline(COSTS, context), expected)


def test_the_test_is_one_sided_and_paired() -> None:
    rng = np.random.default_rng(0)
    theirs = rng.normal(5, 1, 30)
    ours = theirs + rng.normal(-0.05, 0.1, 30)
    difference = ours - theirs
    statistic = difference.mean() / (difference.std(ddof=1) / 30**0.5)
    for one, other, sign in ((ours, theirs, 1), (theirs, ours, -1)):
        found = greedy_rollout._p_value(torch.tensor(one), torch.tensor(other))
        assert found == pytest.approx(stats.t.cdf(sign * statistic, 29))


def test_what_it_has_learned_goes_through_its_state() -> None:
    model, other = (make_model(SPECS["tour"][0], seed=seed) for seed in (0, 1))
    baseline = GreedyRollout(every=2, decay=0.5, significance=0.05)
    assert baseline.state()["weights"] is None
    for step in range(2):
        baseline(COSTS * (step + 1), context_at(step, model, seed=step))
    again = GreedyRollout(every=2, decay=0.5, significance=0.05)
    again.load_state(deepcopy(baseline.state()))
    # Also where it is stopped again before it has seen the model.
    third = GreedyRollout(every=2, decay=0.5, significance=0.05)
    third.load_state(deepcopy(again.state()))
    assert third.state()["warm_up"] == {"mean": 4.5}
    for step in range(2, 6):
        found = [each(COSTS, context_at(step, other, step)) for each in (baseline, again, third)]
        assert torch.equal(found[0], found[1])
        assert torch.equal(found[0], found[2])
        assert baseline.tried == third.tried
        assert len(baseline.trials) == len(third.trials)
