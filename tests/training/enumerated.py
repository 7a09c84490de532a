"""All answers of an instance with their costs, and gradients in one vector."""

from __future__ import annotations

import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.rollout import log_likelihood
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.strategies.base import TrainingState
from tests.networks import every_sequence


def costs_of(batch: Batch, choices: Tensor) -> Tensor:
    """Some cost that depends on every choice and its place."""
    weights = torch.arange(1, choices.shape[2] + 1) ** 1.5
    return torch.sin((choices + 1) * weights).sum(2) + 1


MOMENT = TrainingState(risk=costs_of)


def gradient(model: Seq2Seq, loss: Tensor) -> Tensor:
    """All gradients in one vector."""
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    parts = torch.autograd.grad(loss, weights, allow_unused=True)
    return torch.cat([part.flatten() for part in parts if part is not None])


def enumerated(
    model: Seq2Seq, batch: Batch, constraint: Constraint
) -> tuple[Tensor, Tensor, Tensor]:
    """Every answer of a batch of one `(1, answers, time)`, its log-probability and its cost."""
    sequences = every_sequence(batch, constraint, model.num_choices_of(batch))
    time = max(map(len, sequences))
    choices = torch.tensor([[row + [0] * (time - len(row)) for row in sequences]])
    scores = log_likelihood(model, model.encode(batch), batch, constraint, choices)
    return choices, scores, costs_of(batch, choices)
