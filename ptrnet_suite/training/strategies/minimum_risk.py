"""Minimum risk training: the expected cost under the model, over a few distinct answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.policy_gradient import policy_context
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState

LEFT_OUT = -1e30
"""Logarithm of a weight of zero; finite, so that a row of nothing else has a gradient of zero."""


@final
@dataclass(frozen=True)
class MinimumRisk(Strategy):
    """Cost averaged by p^sharpness over distinct samples and the known answer (Shen et al. 2016).

    Their equations 10 to 12 and algorithm 1; their alpha is 0.005, `sharpness` is 1 unless set,
    which takes the probabilities of the model as they are.
    """

    needs_solutions: ClassVar[bool] = False

    samples: int = number(8, low=2)
    """answers drawn for each instance"""
    sharpness: float = number(1.0, low=0)
    """power of the model's probabilities (their alpha)"""
    known: bool = True
    """whether the known answer, where there is one, stands among the samples"""

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        context = policy_context(model, batch, constraint, state)
        choices, costs = context.sample(self.samples)
        if self.known and batch.targets is not None:
            choices = with_targets(choices, batch.targets)
            costs = state.risk(batch, choices)
        return expected_cost(context.log_likelihood(choices), costs, choices, self.sharpness)


def with_targets(
    choices: Int[Tensor, "batch hypotheses time"], targets: Int[Tensor, "batch known_time"]
) -> Int[Tensor, "batch hypotheses+1 longest"]:
    """`choices` and behind them `targets`, padded to one length."""
    time = max(choices.shape[2], targets.shape[1])
    padded = torch.nn.functional.pad(choices, (0, time - choices.shape[2]))
    known = torch.nn.functional.pad(targets, (0, time - targets.shape[1]))
    return torch.cat([padded, known.unsqueeze(1)], 1)


def expected_cost(
    log_probabilities: Float[Tensor, "batch hypotheses"],
    costs: Float[Tensor, "batch hypotheses"],
    choices: Int[Tensor, "batch hypotheses time"],
    sharpness: float = 1.0,
) -> Float[Tensor, ""]:
    """Mean of `costs` weighted by exp(sharpness * log_probabilities), each answer once.

    An answer that the model cannot give, such as one beyond the longest, has no weight.
    """
    equal = (choices.unsqueeze(1) == choices.unsqueeze(2)).all(3)
    left_out = equal.tril(-1).any(2) | log_probabilities.isneginf()
    log_weights = log_probabilities.masked_fill(left_out, 0) * sharpness
    weights = torch.softmax(log_weights.masked_fill(left_out, LEFT_OUT), 1)
    return (weights * costs).sum(1).mean()
