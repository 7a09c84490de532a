"""Instances that training does not see, and what is measured on them besides answers."""

from __future__ import annotations

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.model.sequence_model import SequenceModel
from ptrnet_suite.task.base import Task
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.entropy import policy_entropy

VALIDATION_SEED = 2**31 - 1

ENTROPY_COUNT = 128
"""Instances that entropy is measured on."""


def validation_instances(task: Task, config: TrainingConfig) -> Instances:
    """Labelled instances that training does not see."""
    told = config.validation
    if told.source:
        found = task.source(told.source)
        return task.prepare(found.subset(range(min(told.count, len(found)))))
    seed = VALIDATION_SEED - config.seed
    return task.label(task.generate(told.size, told.count, seed, told.distribution))


def validation_entropy(model: SequenceModel, task: Task, instances: Instances) -> float:
    """Entropy of the policy (`policy_entropy`) on the first of the instances."""
    some = instances.subset(range(min(ENTROPY_COUNT, len(instances))))
    device = next(model.parameters()).device
    return policy_entropy(model, task.batch(some).to(device), task.constraint())
