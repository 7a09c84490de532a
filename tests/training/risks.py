"""What the greedy answers of a model cost."""

from __future__ import annotations

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.base import Task
from ptrnet_suite.training.policy_gradient import policy_context
from ptrnet_suite.training.strategies.base import TrainingState


def greedy_risk(model: Seq2Seq, task: Task, batch: Batch) -> float:
    """Mean cost of the greedy answers."""
    context = policy_context(model.eval(), batch, task.constraint(), TrainingState(risk=task.risk))
    return float(context.greedy_costs().mean().detach())
