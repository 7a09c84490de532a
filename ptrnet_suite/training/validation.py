"""Instances that training does not see, and the policy's entropy on them."""

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
    settings = config.validation
    if settings.source:
        instances = task.source(settings.source)
        return task.prepare(instances.subset(range(min(settings.count, len(instances)))))
    seed = VALIDATION_SEED - config.seed
    return task.label(task.generate(settings.size, settings.count, seed, settings.distribution))


def validation_entropy(model: SequenceModel, task: Task, instances: Instances) -> float:
    """Entropy of the policy (`policy_entropy`) on the first of the instances."""
    first = instances.subset(range(min(ENTROPY_COUNT, len(instances))))
    device = next(model.parameters()).device
    return policy_entropy(model, task.batch(first).to(device), task.constraint())
