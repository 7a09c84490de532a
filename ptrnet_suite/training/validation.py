"""Instances that training does not see, and what an untrained network and a policy do on them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.evaluation.report import measure
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.model.sequence_model import SequenceModel
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.base import Task
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.entropy import policy_entropy
from ptrnet_suite.training.gradients import gradient_noise

if TYPE_CHECKING:
    from ptrnet_suite.training.loop import Trainer

VALIDATION_SEED = 2**31 - 1

ENTROPY_COUNT = 128
"""Instances that entropy is measured on."""

UNTRAINED_COUNT = 32
"""Instances of which an untrained network must fail at least one."""

MOST_DRAWS = 20
"""Networks drawn until one fails; where all of them pass, the instances are too easy to fail."""


def validation_instances(task: Task, config: TrainingConfig) -> Instances:
    """Labelled instances that training does not see."""
    settings = config.validation
    if settings.source:
        instances = task.source(settings.source)
        return task.prepare(instances.subset(range(min(settings.count, len(instances)))))
    seed = VALIDATION_SEED - config.seed
    return task.label(task.generate(settings.size, settings.count, seed, settings.distribution))


def validation_figures(
    model: SequenceModel, task: Task, instances: Instances, search: Search
) -> dict[str, float]:
    """The task's metrics of the model's answers, by name."""
    answers = solve_instances(model, task, instances, search)
    metrics = measure(task, task.evaluate(instances, answers))
    return {name: float(measured.estimate.value) for name, measured in metrics.items()}


def validation_cost(task: Task, figures: dict[str, float]) -> float:
    """The first metric, negative where more is better: what the best checkpoint is chosen by.

    A figure that is none is the worst of all, and still better than no checkpoint.
    """
    first = task.metrics[0]
    cost = figures[first.name] * (-1 if first.higher_is_better else 1)
    return math.inf if math.isnan(cost) else cost


def validation_entropy(model: SequenceModel, task: Task, instances: Instances) -> float:
    """Entropy of the policy (`policy_entropy`) on the first of the instances."""
    first = instances.subset(range(min(ENTROPY_COUNT, len(instances))))
    device = next(model.parameters()).device
    return policy_entropy(model, task.batch(first).to(device), task.constraint())


def diagnostics(trainer: Trainer) -> dict[str, float | None]:
    """The policy's entropy and, where the config asks for it, the gradient's noise."""
    figures: dict[str, float | None] = {
        "entropy": validation_entropy(trainer.model, trainer.task, trainer.validation)
    }
    count = trainer.config.validation.gradient_batches
    if count:
        steps = range(trainer.step, trainer.step + count)
        batches = (trainer.stream.batch(step).to(trainer.device) for step in steps)
        settings = trainer.gradient_settings()
        figures |= gradient_noise(trainer.model, trainer.strategy, batches, settings).figures()
    return figures


def untrained_network(task: Task, config: ModelConfig, instances: Instances) -> Seq2Seq:
    """A network of random weights that does not solve the task before it has learned it.

    A linear score sorts numbers, upwards or downwards, so half of all random networks sort every
    sequence: training from one of them would show nothing. Weights are drawn until `instances`
    have one that greedy decoding gets wrong.
    """
    first = instances.subset(range(min(UNTRAINED_COUNT, len(instances))))
    for _ in range(MOST_DRAWS):
        model = Seq2Seq(config, task.spec)
        if not is_perfect(model, task, first):
            break
    return model


def is_perfect(model: SequenceModel, task: Task, instances: Instances) -> bool:
    """Whether the first metric of the model's greedy answers cannot be better."""
    first = task.metrics[0]
    value = validation_figures(model, task, instances, parse_search("greedy"))[first.name]
    return value == (1.0 if first.higher_is_better else 0.0)
