"""Sorting: point at numbers from the smallest to the largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np
import torch

from ptrnet_suite.data.batch import Batch, pad
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_suite.task.constraints import Constraint, Permutation
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.sorting.formats import read_values, write_values
from ptrnet_tasks.sorting.picture import draw_bars
from ptrnet_tasks.sorting.sampling import DISTRIBUTIONS, sample_values

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SMALLEST_RANGE = 0.05


@final
class Sorting(Task):
    """The positions of some numbers from the smallest to the largest (an argsort).

    The task by which Vinyals, Bengio, Kudlur 2016 ("Order matters", 4.4) measured how a network
    reads a set. An instance is `(n, 1)` numbers; of equal numbers either may come first.
    """

    name = "sorting"
    summary = "the positions of some numbers from the smallest to the largest"
    metrics = (
        Metric("exact", "answers that hold every position once, in sorted order", True),
        Metric("token_accuracy", "places of the answer that hold the right value", True),
    )
    distributions = DISTRIBUTIONS
    example = "4,6,7,1,9 -> 3,0,1,2,4"

    @property
    def spec(self) -> Spec:
        return Spec("vectors", 1, "pointer")

    def constraint(self) -> Constraint:
        return Permutation()

    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        rng = np.random.default_rng(seed)
        return Instances(sample_values(size, count, rng, distribution)[..., None])

    def label(self, instances: Instances) -> Instances:
        return instances.with_solutions(_argsort(instances))

    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        values, mask = _stack(instances.inputs)
        orders = None if instances.solutions is None else _pad_orders(instances.solutions, mask)
        if rng is not None:
            shuffled = (rng.random(mask.shape) + ~mask).argsort(1)
            values = np.take_along_axis(values, shuffled, 1)
            if orders is not None:
                orders = np.take_along_axis(shuffled.argsort(1), orders, 1)
        seen = torch.from_numpy(_to_unit_range(values, mask).astype(np.float32)[..., None])
        real = torch.from_numpy(mask)
        if orders is None:
            return Batch(seen, real)
        return Batch(seen, real, torch.from_numpy(np.where(mask, orders, 0)), real)

    def answers(self, instances: Instances, choices: Sequence[np.ndarray]) -> list[Any]:
        return [np.asarray(choice, np.int64) for choice in choices]

    def evaluate(self, instances: Instances, answers: Sequence[Any]) -> Mapping[str, MetricValues]:
        values, mask = _stack(instances.inputs)
        sizes = mask.sum(1)
        lengths = np.array([len(answer) for answer in answers])
        given, real = pad([np.asarray(answer, np.int64)[: mask.shape[1]] for answer in answers])
        missing = mask.shape[1] - given.shape[1]
        given, real = (np.pad(part, ((0, 0), (0, missing))) for part in (given, real))
        sorted_values = np.sort(np.where(mask, values, np.inf), 1)
        right = (np.take_along_axis(values, given, 1) == sorted_values) & mask & real
        chosen = np.zeros((len(mask), mask.shape[1] + 1), bool)
        np.put_along_axis(chosen, np.where(real, given, -1), True, 1)
        # Equal values would let an answer repeat one position and leave another out.
        exact = (right.sum(1) == sizes) & (lengths == sizes) & (chosen[:, :-1].sum(1) == sizes)
        return {
            "exact": MetricValues(exact.astype(float)),
            "token_accuracy": MetricValues(right.sum(1).astype(float), sizes.astype(float)),
        }

    def references(self) -> Mapping[str, Reference]:
        return {"numpy": Reference("numpy", "numpy.argsort, stable", _sort_each, exact=True)}

    def read(self, path: Path) -> Instances:
        return read_values(path)

    def write(self, instances: Instances, path: Path) -> None:
        write_values(instances, path)

    def check(self, instances: Instances) -> None:
        """Raises InputError for NaN, an empty sequence, or other than one number a position."""
        if not len(instances):
            raise InputError(f"{instances.source} holds no sequences; at least one is needed")
        for index, item in enumerate(instances.inputs):
            values = np.asarray(item)
            place = instances.source
            if len(instances) > 1:
                place += f", instance {index + 1}"
            if values.ndim != 2 or values.shape[1] != 1:
                raise InputError(f"{place} has shape {values.shape}; numbers need (n, 1)")
            if not len(values):
                raise InputError(f"{place} is an empty sequence; at least one number is needed")
            if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
                raise InputError(f"{place} has a value that is no finite number")

    def describe(self, instances: Instances, index: int, answer: Any) -> str:
        one = instances.subset([index])
        values = np.asarray(one.inputs[0]).reshape(-1)[answer]
        exact = self.evaluate(one, [answer])["exact"].values[0]
        return (
            f"{' '.join(f'{value:g}' for value in values)} by position from 0:"
            f" {' '.join(map(str, answer))}; {'sorted' if exact else 'not sorted'}"
        )

    def plot(
        self,
        instances: Instances,
        index: int,
        answer: Any,
        reference: Any = None,
        ax: Axes | None = None,
    ) -> Axes:
        return draw_bars(np.asarray(instances.inputs[index]).reshape(-1), np.asarray(answer), ax)

    def positions_and_steps(
        self, instances: Instances, index: int, choices: Sequence[int] | np.ndarray
    ) -> tuple[list[str], list[str]]:
        """The values, in the input's order and in the order chosen."""
        values = [f"{value:.3g}" for value in np.asarray(instances.inputs[index]).reshape(-1)]
        return values, [values[int(choice)] for choice in choices]

    def bench_plan(self) -> list[BenchCase]:
        from ptrnet_tasks.sorting.bench import plan

        return plan(self.distributions)


def _stack(inputs: Sequence[np.ndarray] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`(count, longest)` float64, zero-padded, and its mask."""
    if isinstance(inputs, np.ndarray):
        values = inputs.reshape(len(inputs), -1).astype(np.float64, copy=False)
        return values, np.ones(values.shape, bool)
    return pad([np.asarray(item, np.float64).reshape(-1) for item in inputs])


def _argsort(instances: Instances) -> np.ndarray | list[np.ndarray]:
    values, mask = _stack(instances.inputs)
    orders = np.where(mask, values, np.inf).argsort(1, kind="stable")
    if mask.all():
        return orders
    return [row[:size] for row, size in zip(orders, mask.sum(1), strict=True)]


def _sort_each(instances: Instances) -> list[np.ndarray]:
    return list(_argsort(instances))


def _pad_orders(orders: Sequence[np.ndarray] | np.ndarray, mask: np.ndarray) -> np.ndarray:
    """`(count, longest)`; padded places hold their own position, so that shuffling keeps them."""
    if isinstance(orders, np.ndarray):
        return orders
    return np.where(mask, pad(orders)[0], np.arange(mask.shape[1]))


def _to_unit_range(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Sequences that leave 0..1, or fill less than 0.05 of it, stretched to 0..1; padding is 0."""
    low = np.where(mask, values, np.inf).min(1, keepdims=True)
    high = np.where(mask, values, -np.inf).max(1, keepdims=True)
    # One division before the subtraction: the range of huge numbers would overflow.
    magnitude = np.maximum(np.maximum(np.abs(low), np.abs(high)), 1e-300)
    span = high / magnitude - low / magnitude
    stretched = (values / magnitude - low / magnitude) / np.where(span > 0, span, 1)
    keep = (low >= 0) & (high <= 1) & (span >= _SMALLEST_RANGE / magnitude)
    return np.where(mask, np.where(keep, values, stretched), 0.0)
