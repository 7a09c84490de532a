"""The best policy so far as a baseline."""

from __future__ import annotations

import pytest

from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.baselines.greedy_rollout import GreedyRollout
from ptrnet_suite.training.policy_gradient import policy_context
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
