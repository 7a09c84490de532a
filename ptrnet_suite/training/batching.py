"""Batches of stored instances, epoch by epoch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task

BUCKET_RATIO = 1.1
"""Longest over shortest of the instances that may meet in a batch of tokens."""

MEASURED_AT_ONCE = 1024
"""Instances that are made into a batch at a time, to see how long they are."""


class Batching(ABC):
    """Cuts an epoch of instances into `per_epoch` batches."""

    per_epoch: int

    @abstractmethod
    def epoch(self, rng: np.random.Generator) -> list[np.ndarray]:
        """Indices of each batch; together every instance once."""


@final
class ByCount(Batching):
    """As many instances in each batch, of like size `(count,)`, the batches in random order."""

    def __init__(self, sizes: np.ndarray, batch_size: int) -> None:
        self.sizes, self.batch_size = sizes, batch_size
        self.per_epoch = -(-len(sizes) // batch_size)

    def epoch(self, rng: np.random.Generator) -> list[np.ndarray]:
        order = np.argsort(self.sizes + rng.random(len(self.sizes)))
        starts = range(0, len(order), self.batch_size)
        batches = [order[start : start + self.batch_size] for start in starts]
        return [batches[index] for index in rng.permutation(len(batches))]


@final
class ByTokens(Batching):
    """At most `max_tokens` tokens in each batch, padding included, inputs and targets together.

    lengths: `(count, 2)` of inputs and targets. Instances whose longer side is alike share a
    bucket (Vaswani et al. 2017, section 5.1, batch by approximate length); every epoch shuffles
    each bucket, cuts it evenly, and mixes all batches. Cuts do not depend on what was drawn, so an
    epoch always has as many batches. Raises InputError for an instance that fits no batch.
    """

    def __init__(self, lengths: np.ndarray, max_tokens: int) -> None:
        longest = int(lengths.sum(1).max())
        if longest > max_tokens:
            raise InputError(
                f"data.batch_tokens is {max_tokens} and one instance has {longest} tokens; "
                f"accepted is {longest} or more, or data.longest to leave such instances out"
            )
        self.cuts = [
            (bucket, _batch_count(lengths[bucket], max_tokens))
            for bucket in _buckets(lengths.max(1))
        ]
        self.per_epoch = sum(parts for _, parts in self.cuts)

    def epoch(self, rng: np.random.Generator) -> list[np.ndarray]:
        batches = [
            batch
            for bucket, count in self.cuts
            for batch in np.array_split(rng.permutation(bucket), count)
        ]
        return [batches[index] for index in rng.permutation(len(batches))]


def _buckets(lengths: np.ndarray) -> list[np.ndarray]:
    """Indices of instances of like length `(count,)`, the shortest first."""
    order = np.argsort(lengths, kind="stable")
    sorted_lengths, starts = lengths[order], [0]
    while starts[-1] < len(sorted_lengths):
        limit = max(sorted_lengths[starts[-1]] + 1, int(sorted_lengths[starts[-1]] * BUCKET_RATIO))
        starts.append(int(np.searchsorted(sorted_lengths, limit)))
    return np.split(order, starts[1:-1])


def _batch_count(lengths: np.ndarray, max_tokens: int) -> int:
    """Number of batches that a bucket with these lengths `(count, 2)` is cut into."""
    size = max(1, max_tokens // int(lengths.max(0).sum()))
    return -(-len(lengths) // size)


def measured_lengths(
    task: Task, instances: Instances, rng: np.random.Generator | None = None
) -> np.ndarray:
    """Positions of each input and choices of each target, END included, `(count, 2)`.

    With `rng`, those of one random augmentation.
    """
    lengths = np.zeros((len(instances), 2), np.int32)
    order = np.argsort(instances.sizes(), kind="stable")
    for start in range(0, len(order), MEASURED_AT_ONCE):
        indices = order[start : start + MEASURED_AT_ONCE]
        batch = task.batch(instances.subset(indices), rng)
        lengths[indices, 0] = batch.input_mask.sum(1).numpy()
        if batch.target_mask is not None:
            lengths[indices, 1] = batch.target_mask.sum(1).numpy()
    return lengths
