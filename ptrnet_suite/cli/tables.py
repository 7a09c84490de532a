"""Figures as a person reads them: rates in per cent, intervals in brackets, tables by rich."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from ptrnet_suite.evaluation.length_buckets import Bucket
    from ptrnet_suite.task.base import Task
    from ptrnet_suite.task.metric import Metric

PIPED_WIDTH = 200
"""Columns when the output is no terminal: wide enough that nothing is cut."""


def console() -> Console:
    """Standard output, without colours for what is no mark-up."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(width=width, highlight=False, markup=False)


def plain_table(
    *columns: str, right: tuple[str, ...] = (), title: str | None = None, lines: bool = False
) -> Table:
    """A table with a line under its head; the columns named in `right` hold numbers.

    lines: rows are kept apart, for those that take several lines.
    """
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, leading=int(lines)
    )
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left")
    return table


def shown(value: float | None, metric: Metric) -> str:
    """A metric's value: a rate in per cent, a number with as many digits as tell something."""
    if value is None or math.isnan(value):
        return "-"
    if metric.kind == "rate":
        # What rounds to zero has no sign.
        return f"{round(100 * value, 2) + 0.0:.2f} %"
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def with_interval(figures: Mapping[str, Any], metric: Metric) -> str:
    """A value with its interval in brackets; alone where it has none."""
    if figures["low"] is None:
        return shown(figures["value"], metric)
    value, low, high = (
        shown(figures[part], metric).removesuffix(" %") for part in ("value", "low", "high")
    )
    return f"{value}{' %' if metric.kind == 'rate' else ''} [{low}, {high}]"


def metric_named(task: Task, name: str) -> Metric:
    """The task's metric of that name, or a plain number where the task declares none."""
    from ptrnet_suite.evaluation.report import PERPLEXITY
    from ptrnet_suite.task.metric import Metric

    declared = {metric.name: metric for metric in (*task.metrics, PERPLEXITY)}
    return declared.get(name, Metric(name, "", True, "number"))


def metrics_table(task: Task, metrics: Mapping[str, Mapping[str, Any]], title: str) -> Table:
    """Each metric with its interval, and what it means or is held against."""
    table = plain_table("metric", "value", "95 % interval", "", right=("value",), title=title)
    for name, figures in metrics.items():
        metric = metric_named(task, name)
        value, low, high = (shown(figures[part], metric) for part in ("value", "low", "high"))
        against = f" (against {figures['reference']})" if figures.get("reference") else ""
        interval = "-" if figures["low"] is None else f"{low} to {high}"
        note = f"; {figures['signature']}" if "signature" in figures else ""
        if "note" in figures:
            value, interval, note = "FAIL", "-", f"; {figures['note']}"
        table.add_row(name, value, interval, f"{metric.description}{against}{note}")
    return table


def compared_table(
    task: Task, metrics: Mapping[str, Mapping[str, Mapping[str, Any]]], title: str
) -> Table:
    """Metrics down, answerers across: each value with its interval, and what it means."""
    table = plain_table("metric", *metrics, "", right=tuple(metrics), title=title)
    names = dict.fromkeys(name for figures in metrics.values() for name in figures)
    for name in names:
        metric = metric_named(task, name)
        known = [figures.get(name) for figures in metrics.values()]
        references = dict.fromkeys(each["reference"] for each in known if each and "reference" in
                                   each)  # fmt: skip
        against = f" (against {', '.join(references)})" if references else ""
        cells = ["-" if each is None else _figure(each, metric) for each in known]
        table.add_row(name, *cells, f"{metric.description}{against}")
    return table


def _figure(figures: Mapping[str, Any], metric: Metric) -> str:
    return "FAIL" if "note" in figures else with_interval(figures, metric)


def length_table(task: Task, buckets: Sequence[Bucket], title: str = "by input length") -> Table:
    """Ranges of input lengths down, metrics with their intervals across."""
    names = dict.fromkeys(name for bucket in buckets for name in bucket.metrics)
    table = plain_table("length", "count", *names, right=("count", *names), title=title)
    for bucket in buckets:
        figures = {name: bucket.metrics[name].to_json() for name in names}
        cells = [_figure(each, metric_named(task, name)) for name, each in figures.items()]
        table.add_row(bucket.name, str(bucket.count), *cells)
    return table
