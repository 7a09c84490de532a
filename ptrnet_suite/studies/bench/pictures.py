"""From a benchmark's rows to pictures: by size, by length, against time, and examples."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ptrnet_suite.data.instances import Instances, solutions_of
from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.answers import plot_answer
from ptrnet_suite.reporting.charts import TradeOffPoint, gap_against_time, lines_with_intervals
from ptrnet_suite.reporting.document import ColumnKind, Picture, cell_text
from ptrnet_suite.reporting.length_plots import draw_by_length
from ptrnet_suite.reporting.style import new_figure, one_legend
from ptrnet_suite.studies.bench.runs import Row
from ptrnet_suite.task.base import Task

EXAMPLES = 3.1
"""Inches of one example's side."""


def plot_by_size(task: Task, rows: Sequence[Row]) -> list[Picture]:
    """A chart of each metric that a case asks to be drawn by size, published figures beside it."""
    pictures = []
    for metric in dict.fromkeys(row.case.by_size for row in rows if row.case.by_size):
        series: dict[str, dict[float, Estimate]] = {}
        published: dict[str, dict[float, float]] = {}
        for row in rows:
            if row.case.by_size != metric or not _measured(row, metric):
                continue
            estimate = row.metrics[metric].estimate
            if row.kind == "model":
                series.setdefault(row.series, {})[row.case.size] = estimate
            elif row.kind == "published":
                published.setdefault(row.method, {})[row.case.size] = estimate.value
        if not series and not published:
            continue
        rate = any(known.name == metric and known.kind == "rate" for known in task.metrics)
        unit = " (%)" if rate else ""
        figure, axes = new_figure()
        lines_with_intervals(
            series, published, axes[0, 0], "items in an instance", f"{metric}{unit}", rate
        )
        caption = f"{metric} by size, {task.name.replace('_', ' ')}, with 95 % intervals" + (
            "; hollow and dashed: published figures." if published else "."
        )
        pictures.append(Picture(f"{metric}_by_size", caption, figure))
    return pictures


def plot_by_length(task: Task, rows: Sequence[Row]) -> list[Picture]:
    """A chart of the first metric by the length of the input, for every table that has it."""
    pictures = []
    for table in dict.fromkeys(row.case.table for row in rows if row.buckets):
        series = {row.method: row.buckets for row in rows if row.case.table == table}
        figure, axes = new_figure()
        draw_by_length(
            {name: buckets for name, buckets in series.items() if buckets},
            task.metrics[0],
            axes[0, 0],
        )
        caption = (
            f"{task.metrics[0].name} by the length of the input, {table}; bars: 95 % intervals."
        )
        pictures.append(Picture(f"by_length_{slug(table)}", caption, figure))
    return pictures


def plot_against_time(task: Task, rows: Sequence[Row]) -> list[Picture]:
    """A chart of gap against time for every case that asks for it."""
    pictures = []
    for case in {id(row.case): row.case for row in rows if row.case.against_time}.values():
        metric = str(case.against_time)
        chosen = [row for row in rows if row.case is case and _measured(row, metric)]
        points = [
            TradeOffPoint(
                row.method, row.seconds_each, row.metrics[metric].estimate, row.kind == "model"
            )
            for row in chosen
            if row.seconds_each is not None
        ]
        if not points:
            continue
        reference = next((row.metrics[metric].reference for row in chosen), None)
        against = f" to {reference}" if reference else ""
        figure, axes = new_figure(width=7.2, height=4.4)
        gap_against_time(points, axes[0, 0], f"{metric}{against} (%)")
        caption = (
            f"{metric} against time per instance, {case.table}, {case.name}; bars: 95 % intervals. "
            "Models decode in batches on all threads, solvers take one instance after the other."
        )
        name = f"{metric}_against_time_{case.size}"
        pictures.append(Picture(name, caption, figure))
    return pictures


def examples_picture(task: Task, instances: Instances, row: Row) -> Picture | None:
    """The best, the median and the worst answer by the case's metric, beside the known ones."""
    metric = row.case.examples
    if metric is None or row.scores is None or metric not in row.scores:
        return None
    score = row.scores[metric]
    worth = np.asarray(score.values, float)
    if score.weights is not None:
        worth = worth / np.maximum(score.weights, 1e-12)
    wanted = next(each for each in task.metrics if each.name == metric)
    order = np.argsort(-worth if wanted.higher_is_better else worth, kind="stable")
    examples = {"best": order[0], "median": order[len(order) // 2], "worst": order[-1]}
    if len(order) < 3:
        examples = {"": order[0]}
    figure, axes = _example_axes(task, len(examples))
    known = solutions_of(instances)
    for ax, (title, index) in zip(axes, examples.items(), strict=True):
        plot_answer(task, instances, int(index), row.answers[int(index)], known[int(index)], ax)
        reached = f"{metric} {_reached(worth[index], wanted.kind)}"
        titles = [title, ax.get_title() or reached]
        ax.set_title("\n".join(filter(None, titles)), fontsize=10)
    one_legend(figure, axes)
    caption = (
        f"{row.method} on {row.case.table}, {row.case.name}: "
        f"{', '.join(filter(None, examples)) or 'the'} of {row.count} by {metric}, "
        "beside the known answers."
    )
    return Picture(f"examples_{slug(row.case.name)}", caption, figure)


def _example_axes(task: Task, count: int) -> tuple[Figure, list[Axes]]:
    """Texts are wide and stand below each other, drawings are square and stand side by side."""
    if task.spec.inputs == "tokens":
        figure, axes = new_figure(count, 1, 3 * EXAMPLES, 0.7 * EXAMPLES * count)
    else:
        side = EXAMPLES if count > 1 else 1.6 * EXAMPLES
        figure, axes = new_figure(1, count, side * count, side + 0.7)
    return figure, list(axes.flat)


def _reached(value: float, kind: ColumnKind) -> str:
    return cell_text(float(value), kind) + (" %" if kind == "rate" else "")


def _measured(row: Row, metric: str) -> bool:
    """Whether the row has the metric, and it says something."""
    return metric in row.metrics and row.metrics[metric].failure is None


def slug(text: str) -> str:
    """A text as the part of a file name."""
    return re.sub(r"\W+", "_", text.lower()).strip("_")
