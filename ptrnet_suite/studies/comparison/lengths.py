"""Test metrics of runs for each range of input lengths, with mean and spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ptrnet_suite.evaluation.length_buckets import by_length
from ptrnet_suite.studies.comparison.summary import CompletedRun, Spread, spread
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import Metric, MetricValues

LengthSpreads = Mapping[str, Mapping[str, Mapping[str, Spread]]]
"""Metric -> variant -> range of lengths -> spread over seeds."""


def kept_metrics(metrics: Sequence[Metric]) -> list[Metric]:
    """The first metric, which chooses checkpoints, and the accuracy of tokens where there is one.

    Long answers are seldom right as a whole; only their tokens then tell variants apart.
    """
    return [
        metric
        for index, metric in enumerate(metrics)
        if index == 0 or metric.name == "token_accuracy"
    ]


def kept_by_length(
    task: Task, lengths: np.ndarray, scores: Mapping[str, MetricValues], limits: Sequence[int]
) -> list[dict[str, Any]]:
    """The kept metrics of each range as plain JSON, each range with its name; none without limits.

    lengths: `(count,)`; limits: as in `by_length`, whose InputError it raises.
    """
    if not limits:
        return []
    names = [metric.name for metric in kept_metrics(task.metrics)]
    chosen = {name: scores[name] for name in names if name in scores}
    buckets = by_length(task, lengths, chosen, limits)
    return [{"name": bucket.name, **bucket.to_json()} for bucket in buckets]


def counts(runs: Sequence[CompletedRun]) -> dict[str, int]:
    """Range of lengths -> test instances in it, rising; empty where none were asked for."""
    return {bucket["name"]: bucket["count"] for run in runs for bucket in _buckets(run)}


def length_spreads(runs: Sequence[CompletedRun]) -> LengthSpreads:
    """Metrics of the best checkpoints of a task's runs in each range."""
    gathered: dict[str, dict[str, dict[str, list[float]]]] = {}
    for run in runs:
        for bucket in _buckets(run):
            for name, figures in bucket["metrics"].items():
                variant_values = gathered.setdefault(name, {}).setdefault(run.trial.variant, {})
                if figures["value"] is not None:
                    variant_values.setdefault(bucket["name"], []).append(figures["value"])
    return {
        metric: {
            variant: {name: spread(values) for name, values in buckets.items()}
            for variant, buckets in variants.items()
        }
        for metric, variants in gathered.items()
    }


def _buckets(run: CompletedRun) -> list[dict[str, Any]]:
    buckets: list[dict[str, Any]] = run.result["by_length"]["best"] if run.trial.by_length else []
    return buckets
