"""Results side by side: by size, by the length of the input, or against the time that they took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.result_files import Result
from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.charts import (
    TradeOffPoint,
    gap_against_time,
    lines_with_intervals,
    reached_against_time,
)
from ptrnet_suite.reporting.length_plots import draw_by_length
from ptrnet_suite.reporting.style import panels
from ptrnet_suite.runtime.registry import unknown
from ptrnet_suite.task.metric import Metric

MOST = 12
"""Most panels of a picture."""

By = Literal["size", "length", "time"]


def draw_by_size(results: Sequence[Result], metric: Metric, ax: Axes | None = None) -> Axes:
    """A line over the sizes for each model, hollow dashed ones for published figures.

    Raises InputError where a size is not known, and for two results of one model and size.
    """
    series: dict[str, dict[float, Estimate]] = {}
    published: dict[str, dict[float, float]] = {}
    models = [one for one in results if one.kind == "model"]
    for result, name in zip(models, _names(models, lambda one: one.size), strict=True):
        if result.size is None:
            raise InputError(
                f"{result.source} does not tell the size of its instances; "
                "`ptrnet evaluate --json` writes files that do"
            )
        series.setdefault(name, {})[result.size] = result.metrics[metric.name].estimate
    for result in results:
        if result.kind == "published" and result.size is not None:
            found = result.metrics[metric.name].estimate.value
            published.setdefault(result.method, {})[result.size] = found
    rate = metric.kind == "rate"
    return lines_with_intervals(series, published, ax, "items in an instance", _label(metric), rate)


def draw_against_time(results: Sequence[Result], metric: Metric, ax: Axes | None = None) -> Axes:
    """Models and solvers by the time that an instance takes and what they reach."""
    timed = [one for one in results if one.seconds]
    methods = [
        TradeOffPoint(
            name, float(one.seconds or 0), one.metrics[metric.name].estimate, one.kind == "model"
        )
        for one, name in zip(timed, _names(timed, lambda one: one.data), strict=True)
    ]
    references = {one.metrics[metric.name].reference for one in timed} - {None}
    against = f" to {', '.join(sorted(map(str, references)))}" if references else ""
    if metric.kind == "rate" and not metric.higher_is_better:
        return gap_against_time(methods, ax, f"{_words(metric)}{against} (%)")
    return reached_against_time(methods, ax, _label(metric), metric.kind == "rate")


def draw_over_lengths(results: Sequence[Result], metric: Metric, ax: Axes | None = None) -> Axes:
    """A line over the lengths of the input for each result that was told apart by them.

    Raises InputError for one that was not.
    """
    for result in results:
        if not result.buckets:
            raise InputError(
                f"{result.source} tells nothing by length; "
                "`ptrnet evaluate --by-length 10,20,30 --json` writes files that do"
            )
    names = _names(results, lambda one: "")
    series = {name: one.buckets for name, one in zip(names, results, strict=True)}
    return draw_by_length(series, metric, ax)


DRAWN = {"size": draw_by_size, "length": draw_over_lengths, "time": draw_against_time}


def result_picture(
    results: Sequence[Result],
    by: By | None = None,
    metric: str | None = None,
    only: str | None = None,
) -> Figure:
    """All results, a panel for each task or table, and by time for each set of instances.

    by: by default lengths where all results have them, else sizes where there are several, else
    time. metric: by default each task's first. only: of the panels those with these words in their
    title. Raises InputError as the drawings do, for a metric that no result has, and where there is
    nothing to draw or more than `MOST` panels.
    """
    way = by or _suitable(results)
    shown = _shown(results, way, metric)
    if not shown:
        known = list(dict.fromkeys(name for one in results for name in one.metrics))
        if metric is None:
            raise InputError(f"no result has a metric to draw by {way}")
        raise InputError(unknown(f"metric to draw by {way}", metric, known, "the results have"))
    if only is not None:
        shown = {title: panel for title, panel in shown.items() if only in title}
    if not 0 < len(shown) <= MOST:
        raise InputError(
            f"{len(shown)} panels cannot be drawn; 1 to {MOST} can, and --only WORDS keeps those "
            "with these words in their title, such as a task, its instances, or 50"
        )
    figure, axes = panels(len(shown), 2, *((7.8, 5.0) if way == "time" else (6.4, 4.2)))
    for ax, (name, (chosen, found)) in zip(axes, shown.items(), strict=True):
        DRAWN[way](found, chosen, ax)
        ax.set_title(name, loc="left")
    return figure


def _shown(
    results: Sequence[Result], way: By, metric: str | None
) -> dict[str, tuple[Metric, list[Result]]]:
    """Title -> metric and what has it, where a model has; single points only if all are."""
    found: dict[str, list[Result]] = {}
    for one in results:
        if way != "time" or one.seconds:
            title = f"{one.title}, {one.data}" if way == "time" else one.title
            found.setdefault(title, []).append(one)
    shown = {}
    for title, members in found.items():
        models = [one for one in members if one.kind == "model"]
        if models:
            chosen = models[0].metric(metric)
            having = [one for one in members if chosen.name in one.metrics]
            if any(one.kind == "model" for one in having):
                shown[title] = chosen, having
    compared = {title: one for title, one in shown.items() if _compares(one[1], way)}
    return compared or shown


def _compares(results: Sequence[Result], way: By) -> bool:
    """Whether there is more than one place along the picture."""
    return len({one.size for one in results} if way == "size" else results) > 1 or way == "length"


def _suitable(results: Sequence[Result]) -> By:
    if all(result.buckets for result in results):
        return "length"
    sizes: dict[str, set[float | None]] = {}
    for result in results:
        sizes.setdefault(result.title, set()).add(result.size)
    return "size" if any(len(found) > 1 for found in sizes.values()) else "time"


def _names(results: Sequence[Result], place: Callable[[Result], object]) -> list[str]:
    """Names as short as tells apart what is at one place: the search, the model too, the data too.

    Raises InputError for the same model, search and data at one place.
    """
    whole = [f"{one.method}, {one.search}" if one.search else one.method for one in results]
    choices = [whole, [f"{name}, {one.data}" for name, one in zip(whole, results, strict=True)]]
    if len({one.method for one in results}) == 1:
        choices.insert(0, [one.search or one.method for one in results])
    for names in choices:
        places = [(name, place(one)) for name, one in zip(names, results, strict=True)]
        if len(set(places)) == len(places):
            return names
    twice = next(name for name, where in places if places.count((name, where)) > 1)
    raise InputError(f"there are two results of {twice}; one is accepted")


def _words(metric: Metric) -> str:
    return metric.name.replace("_", " ")


def _label(metric: Metric) -> str:
    return _words(metric) + (" (%)" if metric.kind == "rate" else "")
