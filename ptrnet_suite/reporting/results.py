"""Pictures of results by size, by the length of the input, or by the time for an instance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.result_files import RecordedResult
from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.charts import (
    TradeOffPoint,
    gap_against_time,
    lines_with_intervals,
    metric_against_time,
)
from ptrnet_suite.reporting.length_plots import draw_by_length
from ptrnet_suite.reporting.style import panels
from ptrnet_suite.runtime.registry import unknown
from ptrnet_suite.task.metric import Metric

MAX_PANELS = 12
"""Most panels of a picture."""

XAxis = Literal["size", "length", "time"]


def draw_by_size(results: Sequence[RecordedResult], metric: Metric, ax: Axes | None = None) -> Axes:
    """A line over the sizes for each model, hollow dashed ones for published figures.

    Where there is no model, the solvers have the lines. Raises InputError where a size is not
    known, and for two results of one model and size.
    """
    series: dict[str, dict[float, Estimate]] = {}
    published: dict[str, dict[float, float]] = {}
    ours = _leading(results)
    for result, name in zip(ours, _names(ours, lambda each: each.size), strict=True):
        if result.size is None:
            raise InputError(
                f"{result.source} does not tell the size of its instances; "
                "`ptrnet evaluate --json` writes files that do"
            )
        series.setdefault(name, {})[result.size] = result.metrics[metric.name].estimate
    for result in results:
        if result.kind == "published" and result.size is not None:
            value = result.metrics[metric.name].estimate.value
            published.setdefault(result.method, {})[result.size] = value
    rate = metric.kind == "rate"
    return lines_with_intervals(series, published, ax, "items in an instance", _label(metric), rate)


def draw_against_time(
    results: Sequence[RecordedResult], metric: Metric, ax: Axes | None = None
) -> Axes:
    """Models and solvers by the time for an instance and the metric's value."""
    timed = [result for result in results if result.seconds]
    names = _names(timed, lambda result: result.data)
    methods = [
        TradeOffPoint(
            name,
            float(result.seconds or 0),
            result.metrics[metric.name].estimate,
            result.kind == "model",
        )
        for result, name in zip(timed, names, strict=True)
    ]
    references = {result.metrics[metric.name].reference for result in timed} - {None}
    against = f" to {', '.join(sorted(map(str, references)))}" if references else ""
    if metric.kind == "rate" and not metric.higher_is_better:
        return gap_against_time(methods, ax, f"{_readable(metric)}{against} (%)")
    return metric_against_time(methods, ax, _label(metric), metric.kind == "rate")


def draw_over_lengths(
    results: Sequence[RecordedResult], metric: Metric, ax: Axes | None = None
) -> Axes:
    """A line over the lengths of the input for each result that has buckets of them.

    Raises InputError for a result without buckets.
    """
    for result in results:
        if not result.buckets:
            raise InputError(
                f"{result.source} tells nothing by length; "
                "`ptrnet evaluate --by-length 10,20,30 --json` writes files that do"
            )
    names = _names(results, lambda result: "")
    series = {name: result.buckets for name, result in zip(names, results, strict=True)}
    return draw_by_length(series, metric, ax)


DRAWINGS = {"size": draw_by_size, "length": draw_over_lengths, "time": draw_against_time}


def result_picture(
    results: Sequence[RecordedResult],
    by: XAxis | None = None,
    metric: str | None = None,
    only: str | None = None,
) -> Figure:
    """All results, a panel for each task or table, and by time for each set of instances.

    by: by default lengths where all results have them, else sizes where there are several, else
    time. metric: by default each task's first. only: of the panels those with these words in their
    title. Raises InputError as the drawings do, for a metric that no result has, and where there is
    nothing to draw or more than `MAX_PANELS` panels.
    """
    axis = by or _default_axis(results)
    panel_results = _panels_by_title(results, axis, metric)
    if not panel_results:
        known = list(dict.fromkeys(name for result in results for name in result.metrics))
        if metric is None:
            raise InputError(f"no result has a metric to draw by {axis}")
        raise InputError(unknown(f"metric to draw by {axis}", metric, known, "the results have"))
    if only is not None:
        panel_results = {title: panel for title, panel in panel_results.items() if only in title}
    if not 0 < len(panel_results) <= MAX_PANELS:
        raise InputError(
            f"{len(panel_results)} panels cannot be drawn; 1 to {MAX_PANELS} can, and --only WORDS "
            "keeps those with these words in their title, such as a task, its instances, or 50"
        )
    figure, axes = panels(len(panel_results), 2, *((7.8, 5.0) if axis == "time" else (6.4, 4.2)))
    for ax, (title, (panel_metric, members)) in zip(axes, panel_results.items(), strict=True):
        DRAWINGS[axis](members, panel_metric, ax)
        ax.set_title(title, loc="left")
    return figure


def _panels_by_title(
    results: Sequence[RecordedResult], axis: XAxis, metric: str | None
) -> dict[str, tuple[Metric, list[RecordedResult]]]:
    """Title -> metric and its results, where a leading one has it; single points only if all are.

    Leading are the models, see `_leading`.
    """
    groups: dict[str, list[RecordedResult]] = {}
    for result in results:
        if axis != "time" or result.seconds:
            title = f"{result.title}, {result.data}" if axis == "time" else result.title
            groups.setdefault(title, []).append(result)
    panel_results = {}
    for title, group in groups.items():
        leading = _leading(group)
        if leading:
            chosen = leading[0].metric(metric)
            members = [result for result in group if chosen.name in result.metrics]
            if any(result.kind == leading[0].kind for result in members):
                panel_results[title] = chosen, members
    compared = {
        title: panel for title, panel in panel_results.items() if _has_comparison(panel[1], axis)
    }
    return compared or panel_results


def _leading(results: Sequence[RecordedResult]) -> list[RecordedResult]:
    """The models; where there is none, the solvers."""
    models = [result for result in results if result.kind == "model"]
    return models or [result for result in results if result.kind == "solver"]


def _has_comparison(results: Sequence[RecordedResult], axis: XAxis) -> bool:
    """Whether there is more than one point along the axis."""
    points = {result.size for result in results} if axis == "size" else results
    return axis == "length" or len(points) > 1


def _default_axis(results: Sequence[RecordedResult]) -> XAxis:
    if all(result.buckets for result in results):
        return "length"
    sizes: dict[str, set[float | None]] = {}
    for result in results:
        sizes.setdefault(result.title, set()).add(result.size)
    return "size" if any(len(title_sizes) > 1 for title_sizes in sizes.values()) else "time"


def _names(
    results: Sequence[RecordedResult], position: Callable[[RecordedResult], object]
) -> list[str]:
    """The shortest names that differ at each position: the search, the model too, the data too.

    Raises InputError for the same model, search and data at the same position.
    """
    methods = [
        f"{result.method}, {result.search}" if result.search else result.method
        for result in results
    ]
    with_data = [f"{name}, {result.data}" for name, result in zip(methods, results, strict=True)]
    choices = [methods, with_data]
    if len({result.method for result in results}) == 1:
        choices.insert(0, [result.search or result.method for result in results])
    for names in choices:
        keys = [(name, position(result)) for name, result in zip(names, results, strict=True)]
        if len(set(keys)) == len(keys):
            return names
    twice = next(key[0] for key in keys if keys.count(key) > 1)
    raise InputError(f"there are two results of {twice}; one is accepted")


def _readable(metric: Metric) -> str:
    return metric.name.replace("_", " ")


def _label(metric: Metric) -> str:
    return _readable(metric) + (" (%)" if metric.kind == "rate" else "")
