"""Figures of merit by the length of the input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.report import Measured, measure
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import MetricValues

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Bucket:
    """The instances of some lengths, `low` to `high` (None: no limit), and what they reached."""

    low: int
    high: int | None
    count: int
    mean_length: float
    metrics: dict[str, Measured]

    @property
    def name(self) -> str:
        """Its lengths in words."""
        return f"{self.low} and more" if self.high is None else f"{self.low} to {self.high}"

    def to_json(self) -> dict[str, Any]:
        """All figures as plain JSON."""
        figures = {name: one.to_json() for name, one in self.metrics.items()}
        facts = {"low": self.low, "high": self.high, "count": self.count}
        return {**facts, "mean_length": self.mean_length, "metrics": figures}


def by_length(
    task: Task,
    lengths: np.ndarray,
    scores: Mapping[str, MetricValues],
    limits: Sequence[int],
    seed: int = 0,
) -> list[Bucket]:
    """Every metric with its 95 % interval over the instances of each range of lengths.

    lengths: `(count,)`, such as `Task.lengths`. limits: the greatest length of each range, rising;
    what is longer than the last is a range of its own. Ranges without instances are left out.
    Raises InputError as `check_limits`.
    """
    check_limits(limits)
    ranges = zip([1, *(limit + 1 for limit in limits)], [*limits, None], strict=True)
    place = np.searchsorted(np.asarray(limits), lengths)
    buckets = []
    for number, (low, high) in enumerate(ranges):
        chosen = np.flatnonzero(place == number)
        if len(chosen):
            found = {name: score.subset(chosen) for name, score in scores.items()}
            mean = float(np.mean(lengths[chosen]))
            buckets.append(Bucket(low, high, len(chosen), mean, measure(task, found, seed)))
    return buckets


def check_limits(limits: Sequence[int]) -> None:
    """Raises InputError for limits that do not rise from 1 on."""
    if not limits or any(low >= high for low, high in zip([0, *limits], limits, strict=False)):
        told = ",".join(map(str, limits))
        raise InputError(f"lengths cannot be split at {told!r}; accepted are rising whole numbers")
