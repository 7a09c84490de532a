"""Training batches as a function of seed and step, so that a resumed run sees the same ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ptrnet_suite.data import Batch, Instances
from ptrnet_suite.errors import InputError
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
    """Batch number `step` of a training run; generated instances get solutions if `labelled`."""

    def __init__(
        self, task: Task, data: DataConfig, batch_size: int, seed: int, labelled: bool = True
    ) -> None:
        self.task, self.data, self.batch_size, self.seed = task, data, batch_size, seed
        self.labelled = labelled
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
        generated = self.task.generate(size, self.batch_size, seed, distribution)
        return self.task.label(generated) if self.labelled else generated

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
    if len(parts) == 1:
        return task.prepare(parts[0])
    unsolved = [name for name, part in zip(names, parts, strict=True) if part.solutions is None]
    if 0 < len(unsolved) < len(parts):
        raise InputError(f"{unsolved[0]} has no solutions and other sources have; label it as well")
    solutions = None if unsolved else _together([part.solutions for part in parts])
    inputs = _together([part.inputs for part in parts])
    return task.prepare(Instances(inputs, solutions, source=", ".join(names)))


def _together(columns: list[Any]) -> Any:
    """One array where shapes agree, else one list."""
    if all(isinstance(column, np.ndarray) for column in columns) and (
        len({column.shape[1:] for column in columns}) == 1
    ):
        return np.concatenate(columns)
    return [item for column in columns for item in column]
