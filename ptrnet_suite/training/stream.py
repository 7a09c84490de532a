"""Training batches as a function of seed and step, so that a resumed run sees the same ones."""

from __future__ import annotations

from typing import final

import numpy as np

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.concatenation import concatenated
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.parse_config import check_config
from ptrnet_suite.task.base import Task
from ptrnet_suite.training.batching import Batching, ByCount, ByTokens, measured_lengths
from ptrnet_suite.training.config import DataConfig


@final
class Stream:
    """Batch number `step` of a training run; generated instances get solutions if `labelled`.

    instances: what is trained on in place of the config's sources.
    """

    def __init__(
        self,
        task: Task,
        data: DataConfig,
        batch_size: int,
        seed: int,
        labelled: bool = True,
        instances: Instances | None = None,
    ) -> None:
        self.task, self.data, self.batch_size, self.seed = task, data, batch_size, seed
        self.labelled = labelled
        _check(data, instances is not None)
        self.stored: Stored | None = None
        if instances is not None:
            unsolved = labelled and instances.solutions is None
            instances = task.prepare(task.label(instances) if unsolved else instances)
        elif data.sources:
            instances = load_sources(task, data.sources)
        if instances is not None:
            self.stored = Stored(task, instances, data, batch_size, seed)

    @property
    def note(self) -> str:
        """A note on the data for the user; empty where there is none."""
        if self.stored is None or not self.stored.dropped:
            return ""
        return f"{self.stored.dropped:,} instances are longer than data.longest and left out"

    def size_range(self) -> list[int]:
        """Smallest and largest size of the instances that it gives."""
        return list(self.data.sizes) if self.stored is None else self.stored.size_range()

    def batch(self, step: int) -> Batch:
        """The batch of a step; the same for the same seed and step."""
        rng = np.random.default_rng([self.seed, 1, step])
        instances = self._generated(rng) if self.stored is None else self.stored.at(step)
        return self.task.batch(instances, rng if self.data.augment else None)

    def _generated(self, rng: np.random.Generator) -> Instances:
        low, high = self.data.sizes[0], self.data.sizes[-1]
        size = int(rng.integers(low, high + 1))
        distribution = str(rng.choice(self.data.distributions))
        seed = int(rng.integers(2**31))
        generated = self.task.generate(size, self.batch_size, seed, distribution)
        return self.task.label(generated) if self.labelled else generated


@final
class Stored:
    """Instances that are there before training: the same ones at a step for the same seed."""

    def __init__(
        self, task: Task, instances: Instances, data: DataConfig, batch_size: int, seed: int
    ) -> None:
        self.instances, self.seed = instances, seed
        self.indices, sizes = np.arange(len(instances)), instances.sizes()
        if data.longest:
            lengths = measured_lengths(task, instances)
            self.indices = _short_enough(lengths[:, 0], data.longest)
        self.batching: Batching = ByCount(sizes[self.indices], batch_size)
        if data.batch_tokens:
            rng = np.random.default_rng([seed, 3]) if data.augment else None
            lengths = measured_lengths(task, instances, rng)
            self.batching = ByTokens(lengths[self.indices], data.batch_tokens)
        self._epoch: tuple[int, list[np.ndarray]] | None = None

    @property
    def dropped(self) -> int:
        """Number of instances left out because their inputs are too long."""
        return len(self.instances) - len(self.indices)

    def size_range(self) -> list[int]:
        """Smallest and largest size of what is kept."""
        sizes = self.instances.sizes()[self.indices]
        return [int(sizes.min()), int(sizes.max())]

    def at(self, step: int) -> Instances:
        """The instances of a step."""
        epoch, index = divmod(step, self.batching.per_epoch)
        if self._epoch is None or self._epoch[0] != epoch:
            rng = np.random.default_rng([self.seed, 2, epoch])
            self._epoch = (epoch, self.batching.epoch(rng))
        return self.instances.subset(self.indices[self._epoch[1][index]])


def _short_enough(lengths: np.ndarray, longest: int) -> np.ndarray:
    indices = np.flatnonzero(lengths <= longest)
    if not len(indices):
        accepted = f"accepted here is {lengths.min()} or more"
        raise InputError(f"data.longest is {longest}; {accepted}")
    return indices


def _check(data: DataConfig, given: bool) -> None:
    """Raises InputError for a wrong value, and for what only stored instances can have."""
    check_config(data, prefix="data")
    for name, value in (("batch_tokens", data.batch_tokens), ("longest", data.longest)):
        if value and not data.sources and not given:
            raise InputError(f"data.{name} is {value} without data.sources; accepted is 0 there")


def load_sources(task: Task, names: list[str]) -> Instances:
    """All instances of several sources together, ready for batches; raises InputError."""
    return task.prepare(read_sources(task, names))


def read_sources(task: Task, names: list[str]) -> Instances:
    """All instances of several sources together, as they are; raises InputError."""
    parts = [task.source(name) for name in names]
    if len(parts) == 1:
        return parts[0]
    unsolved = [name for name, part in zip(names, parts, strict=True) if part.solutions is None]
    if 0 < len(unsolved) < len(parts):
        raise InputError(f"{unsolved[0]} has no solutions and other sources have; label it as well")
    solutions = None if unsolved else concatenated([part.solutions for part in parts])
    inputs = concatenated([part.inputs for part in parts])
    shared = set.intersection(*(set(part.columns) for part in parts))
    columns = {
        name: concatenated([part.columns[name] for part in parts]) for name in sorted(shared)
    }
    return Instances(inputs, solutions, columns=columns, source=", ".join(names))
