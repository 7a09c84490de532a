"""Training batches as a function of seed and step, so that a resumed run sees the same ones."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ptrnet_suite.data import Batch, Instances
from ptrnet_suite.task import Task


@dataclass(frozen=True)
class DataConfig:
    """Where training instances come from."""

    sources: list[str] = field(default_factory=list)
    """files, or names that the task knows; without any, instances are generated as training goes"""
    sizes: list[int] = field(default_factory=lambda: [10, 10])
    """smallest and largest size of generated instances"""
    distributions: list[str] = field(default_factory=lambda: ["uniform"])
    """distributions of generated instances, one drawn for each batch"""
    augment: bool = True
    """whether batches go through the task's random augmentation"""


class Stream:
    """Batch number `step` of a training run."""

    def __init__(self, task: Task, data: DataConfig, batch_size: int, seed: int) -> None:
        self.task, self.data, self.batch_size, self.seed = task, data, batch_size, seed
        self.instances = load_sources(task, data.sources) if data.sources else None
        self._epoch: tuple[int, list[np.ndarray]] | None = None

    def batch(self, step: int) -> Batch:
        """The batch of a step; the same for the same seed and step."""
        rng = np.random.default_rng([self.seed, 1, step])
        instances = self._generated(rng) if self.instances is None else self._stored(step)
        return self.task.batch(instances, rng if self.data.augment else None)

    def _generated(self, rng: np.random.Generator) -> Instances:
        low, high = self.data.sizes[0], self.data.sizes[-1]
        size = int(rng.integers(low, high + 1))
        distribution = str(rng.choice(self.data.distributions))
        seed = int(rng.integers(2**31))
        return self.task.label(self.task.generate(size, self.batch_size, seed, distribution))

    def _stored(self, step: int) -> Instances:
        assert self.instances is not None
        per_epoch = max(1, -(-len(self.instances) // self.batch_size))
        epoch, index = divmod(step, per_epoch)
        if self._epoch is None or self._epoch[0] != epoch:
            self._epoch = (epoch, self._order(epoch))
        return self.instances.subset(self._epoch[1][index])

    def _order(self, epoch: int) -> list[np.ndarray]:
        """Batches of one epoch: inputs of like length together, in random order."""
        assert self.instances is not None
        rng = np.random.default_rng([self.seed, 2, epoch])
        noisy = self.instances.sizes() + rng.random(len(self.instances))
        order = np.argsort(noisy)
        batches = [order[i : i + self.batch_size] for i in range(0, len(order), self.batch_size)]
        return [batches[i] for i in rng.permutation(len(batches))]


def load_sources(task: Task, names: list[str]) -> Instances:
    """All instances of several sources together, ready for batches; raises InputError."""
    parts = [task.source(name) for name in names]
    first = parts[0]
    if len(parts) == 1:
        return task.prepare(first)
    if all(isinstance(part.inputs, np.ndarray) for part in parts) and (
        len({np.shape(part.inputs)[1:] for part in parts}) == 1
    ):
        inputs = np.concatenate([part.inputs for part in parts])
        solutions = np.concatenate([np.asarray(part.solutions) for part in parts])
        return task.prepare(Instances(inputs, solutions, source=", ".join(names)))
    together = Instances(
        [item for part in parts for item in part.inputs],
        [item for part in parts for item in (part.solutions if part.solutions is not None else [])],
        source=", ".join(names),
    )
    return task.prepare(together)
