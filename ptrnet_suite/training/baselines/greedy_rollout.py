"""The greedy rollout baseline: the best policy so far, replaced where a test finds a better one."""

from __future__ import annotations

import copy
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.rollout import without_gradient
from ptrnet_suite.training.baselines.base import Baseline, ExponentialMean
from ptrnet_suite.training.policy_gradient import PolicyContext, policy_context

TRIAL_BATCHES = 10


@final
class GreedyRollout(Baseline):
    """The cost of the greedy answer of the best policy so far (Kool et al. 2019, section 4).

    Every `every` steps the policy in training is tried against it, greedily, on the batches that
    came first after the last change, and takes its place where a one-sided paired t-test finds it
    better at `significance`. The paper tries them on 10,000 instances after every epoch; here it is
    TRIAL_BATCHES batches. Before the first trial, while both are poor, an exponential mean
    serves (their section 5).
    """

    def __init__(self, every: int, decay: float, significance: float) -> None:
        self.every, self.significance = every, significance
        self.warm_up = ExponentialMean(decay)
        self.tried = 0
        self.trials: list[Batch] = []
        self.best: Seq2Seq | None = None
        self._weights: dict[str, Tensor] | None = None

    def __call__(
        self, costs: Float[Tensor, "batch hypotheses"], context: PolicyContext
    ) -> Float[Tensor, " batch #hypotheses"]:
        best = self._best(context.model)
        if context.state.step and context.state.step % self.every == 0:
            self._try(context)
            best = self._best(context.model)
        if len(self.trials) < TRIAL_BATCHES:
            self.trials.append(context.batch)
        if not self.tried:
            return self.warm_up(costs, context)
        return _greedy_costs(best, context, context.batch)

    def _best(self, model: Seq2Seq) -> Seq2Seq:
        if self.best is None:
            self.best = copy.deepcopy(model).eval().requires_grad_(False)
            if self._weights is not None:
                self.best.load_state_dict(self._weights)
        return self.best

    def _try(self, context: PolicyContext) -> None:
        """Puts the policy in training in the best one's place if it is significantly better."""
        assert self.best is not None
        self.tried += 1
        if not self.trials:
            return
        ours, theirs = (
            torch.cat([_greedy_costs(model, context, batch) for batch in self.trials]).flatten()
            for model in (context.model, self.best)
        )
        # Equal costs throughout have no spread to test: NaN is below nothing.
        if _p_value(ours, theirs) < self.significance:
            self.best.load_state_dict(context.model.state_dict())
            self.trials = []

    def state(self) -> dict[str, Any]:
        weights = self._weights if self.best is None else self.best.state_dict()
        trials = [tuple(batch) for batch in self.trials]
        return {
            "weights": weights,
            "trials": trials,
            "tried": self.tried,
            "warm_up": self.warm_up.state(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        self.best, self._weights = None, state["weights"]
        self.trials = [Batch(*parts) for parts in state["trials"]]
        self.tried = state["tried"]
        self.warm_up.load_state(state["warm_up"])


def _p_value(ours: Float[Tensor, " pairs"], theirs: Float[Tensor, " pairs"]) -> float:
    """Of the one-sided paired t-test that `ours` are smaller in the mean than `theirs`."""
    # Takes longer to import than all of training, and few runs need it.
    from scipy.stats import ttest_rel

    result = ttest_rel(ours.cpu().numpy(), theirs.cpu().numpy(), alternative="less")
    return float(result.pvalue)


def _greedy_costs(model: Seq2Seq, context: PolicyContext, batch: Batch) -> Float[Tensor, "batch 1"]:
    with without_gradient(model):
        return policy_context(model, batch, context.constraint, context.state).greedy_costs()
