"""REINFORCE: samples that cost less than a baseline become more probable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, final

from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import Violation, number
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.baselines.base import (
    Baseline,
    BatchMean,
    ExponentialMean,
    NoBaseline,
    SharedMean,
)
from ptrnet_suite.training.baselines.critic import Critic
from ptrnet_suite.training.baselines.greedy_rollout import GreedyRollout
from ptrnet_suite.training.policy_gradient import policy_context, policy_loss
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState


@final
@dataclass(frozen=True)
class Reinforce(Strategy):
    """The gradient of the expected cost by samples (Williams 1992; Kool et al. 2019, eq. 9)."""

    needs_solutions: ClassVar[bool] = False

    baseline: Literal["none", "batch", "exponential", "shared", "critic", "rollout"] = "rollout"
    """what costs are held against: nothing, the batch's mean, a running mean, the mean of an
    instance's own samples, what a second network expects, or the greedy answer of the best policy
    so far"""
    samples: int = number(1, low=1)
    """answers drawn for each instance"""
    decay: float = number(0.8, low=0, high=1)
    """what a running mean keeps of itself at each step"""
    every: int = number(250, low=1)
    """steps between trials of the policy against the best one so far"""
    significance: float = number(0.05, low=0, high=1)
    """p-value below which the policy takes the best one's place"""
    critic_rate: float = number(1e-3, low=0)
    """learning rate of the critic's Adam"""

    def violations(self) -> Iterator[Violation]:
        """A mean over an instance's own samples needs several of them."""
        if self.baseline == "shared" and self.samples < 2:
            yield Violation("samples", "accepted with {baseline} are whole numbers from 2 on")

    @cached_property
    def learned_baseline(self) -> Baseline:
        """The baseline with what it has learned so far."""
        makers: dict[str, Callable[[], Baseline]] = {
            "none": NoBaseline,
            "batch": BatchMean,
            "exponential": lambda: ExponentialMean(self.decay),
            "shared": SharedMean,
            "critic": lambda: Critic(self.critic_rate),
            "rollout": lambda: GreedyRollout(self.every, self.decay, self.significance),
        }
        return makers[self.baseline]()

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        context = policy_context(model, batch, constraint, state)
        choices, costs = context.sample(self.samples)
        baseline = self.learned_baseline(costs, context)
        return policy_loss(context.log_likelihood(choices), costs, baseline)

    def state(self) -> dict[str, Any]:
        return self.learned_baseline.state()

    def load_state(self, state: dict[str, Any]) -> None:
        self.learned_baseline.load_state(state)
