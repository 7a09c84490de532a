"""REINFORCE's gradient, for every strategy that uses it."""

from __future__ import annotations

from typing import NamedTuple, final

from jaxtyping import Float, Int
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.interfaces import Encoded
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.rollout import greedy, log_likelihood, sample
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.strategies.base import TrainingState


@final
class PolicyContext(NamedTuple):
    """A batch encoded by a model, with all that is needed to sample and score answers."""

    model: Seq2Seq
    encoded: Encoded
    batch: Batch
    constraint: Constraint
    state: TrainingState

    def sample(
        self, count: int, starts: Int[Tensor, "batch count"] | None = None
    ) -> tuple[Int[Tensor, "batch count time"], Float[Tensor, "batch count"]]:
        """Answers drawn from the model, and their costs.

        starts: given first choices.
        """
        choices = sample(*self[:4], count, starts)
        canonical = choices if starts is None else self.constraint.canonical(self.batch, choices)
        return choices, self.state.risk(self.batch, canonical)

    def log_likelihood(
        self, choices: Int[Tensor, "batch hypotheses time"], started: bool = False
    ) -> Float[Tensor, "batch hypotheses"]:
        """Log-probabilities of answers, with gradient."""
        return log_likelihood(*self[:4], choices, started)

    def greedy_costs(self) -> Float[Tensor, "batch 1"]:
        """Costs of the greedy answers."""
        return self.state.risk(self.batch, greedy(*self[:4]))


def policy_context(
    model: Seq2Seq, batch: Batch, constraint: Constraint, state: TrainingState
) -> PolicyContext:
    """Encodes the batch."""
    return PolicyContext(model, model.encode(batch), batch, constraint, state)


def policy_loss(
    log_probabilities: Float[Tensor, " batch #hypotheses"],
    costs: Float[Tensor, "batch hypotheses"],
    baseline: Float[Tensor, " batch #hypotheses"],
) -> Float[Tensor, ""]:
    """The samples' mean cost as a value, with REINFORCE's gradient (Williams 1992).

    The gradient is that of the mean of
    (cost - baseline) * log-probability.
    """
    surrogate = ((costs - baseline) * log_probabilities).mean()
    return costs.mean() + surrogate - surrogate.detach()
