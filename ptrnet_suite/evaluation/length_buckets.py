"""Figures of merit by the length of the input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.report import Measured, measure
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import MetricValues


@final
@dataclass(frozen=True)
class Bucket:
    """The instances of lengths `low` to `high` (None: no limit), and their metrics."""

    low: int
    high: int | None
    count: int
    mean_length: float
    metrics: dict[str, Measured]

    @property
    def name(self) -> str:
        """Its lengths as text."""
        return f"{self.low} and more" if self.high is None else f"{self.low} to {self.high}"

    def to_json(self) -> dict[str, Any]:
        """All figures as plain JSON."""
        figures = {name: measured.to_json() for name, measured in self.metrics.items()}
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
    bucket_of = np.searchsorted(np.asarray(limits), lengths)
    buckets = []
    for index, (low, high) in enumerate(ranges):
        chosen = np.flatnonzero(bucket_of == index)
        if len(chosen):
            bucket_scores = {name: score.subset(chosen) for name, score in scores.items()}
            metrics = measure(task, bucket_scores, seed)
            mean = float(np.mean(lengths[chosen]))
            buckets.append(Bucket(low, high, len(chosen), mean, metrics))
    return buckets


def check_limits(limits: Sequence[int]) -> None:
    """Raises InputError for limits that do not rise from 1 on."""
    if not limits or any(low >= high for low, high in zip([0, *limits], limits, strict=False)):
        text = ",".join(map(str, limits))
        raise InputError(f"lengths cannot be split at {text!r}; accepted are rising whole numbers")
