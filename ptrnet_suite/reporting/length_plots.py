"""Figures of merit drawn over the length of the input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ptrnet_suite.evaluation.length_buckets import Bucket
from ptrnet_suite.evaluation.report import PERPLEXITY
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import Metric

PANELS = 3
"""Most panels beside each other."""


def draw_by_length(
    series: Mapping[str, Sequence[Bucket]], metric: Metric, ax: Axes | None = None
) -> Axes:
    """A line for each series of buckets: the metric, with 95 % bars, at the mean length of each."""
    from ptrnet_suite.reporting.charts import lines_with_intervals

    rate = metric.kind == "rate"
    points = {
        name: {
            round(bucket.mean_length, 1): bucket.metrics[metric.name].estimate
            for bucket in buckets
            if metric.name in bucket.metrics and not bucket.metrics[metric.name].failure
        }
        for name, buckets in series.items()
    }
    label = f"{metric.name} (%)" if rate else metric.name
    return lines_with_intervals(points, None, ax, "length of the input", label, rate)


def picture_by_length(task: Task, series: Mapping[str, Sequence[Bucket]]) -> Figure:
    """All metrics that the buckets have, each in a panel of its own."""
    from ptrnet_suite.reporting.style import one_legend, panels

    measured = {
        name for buckets in series.values() for bucket in buckets for name in bucket.metrics
    }
    metrics = [metric for metric in (*task.metrics, PERPLEXITY) if metric.name in measured]
    figure, axes = panels(len(metrics), PANELS, 4.2, 3.2)
    for metric, ax in zip(metrics, axes, strict=True):
        draw_by_length(series, metric, ax)
    one_legend(figure, axes)
    return figure
