"""The charts of reports: each takes axes or makes its own, and returns them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import NamedTuple, final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.point_labels import LabelledPoint, label_points
from ptrnet_suite.reporting.style import (
    MODEL,
    PALETTE,
    REFERENCE,
    axes_or_new,
    in_house_style,
)

MARKERS = ("o", "s", "^", "D", "v", "P")


@in_house_style
def lines_with_intervals(
    series: Mapping[str, Mapping[float, Estimate]],
    published: Mapping[str, Mapping[float, float]] | None = None,
    ax: Axes | None = None,
    x_label: str = "",
    y_label: str = "",
    percent: bool = True,
) -> Axes:
    """A line with 95 % bars for each of our series, hollow dashed ones for published figures.

    series: name -> {x: estimate}; published: name -> {x: value}. Rates are drawn in per cent.
    """
    ax, published = axes_or_new(ax), published or {}
    factor = 100 if percent else 1
    for (name, points), colour, marker in zip(series.items(), cycle(PALETTE), cycle(MARKERS)):
        xs = sorted(points)
        value, low, high = factor * np.array([points[x] for x in xs]).T
        ax.errorbar(
            xs, value, (np.maximum(value - low, 0), np.maximum(high - value, 0)),
            color=colour, marker=marker, capsize=3, label=name,
        )  # fmt: skip
    colours_left = PALETTE[len(series) % len(PALETTE) :] + PALETTE
    for (name, values), colour, marker in zip(published.items(), colours_left, cycle("odDs")):
        xs = sorted(values)
        ax.plot(
            xs, [factor * values[x] for x in xs],
            color=colour, marker=marker, linestyle="--", markerfacecolor="none", label=name,
        )  # fmt: skip
    _label_axes(ax, x_label, y_label)
    _scale_x(ax, {x for points in (*series.values(), *published.values()) for x in points})
    handles, labels = ax.get_legend_handles_labels()
    order = [labels.index(name) for name in (*series, *published)]
    ax.legend([handles[index] for index in order], [labels[index] for index in order])
    return ax


def _scale_x(ax: Axes, xs: set[float]) -> None:
    """A logarithmic axis for a wide range, and the points themselves as ticks where few."""
    if xs and min(xs) > 0 and max(xs) >= 8 * min(xs):
        ax.set_xscale("log")
        ax.xaxis.set_minor_locator(NullLocator())
    if len(xs) <= 8:
        ticks = _spaced_ticks(sorted(xs), ax.get_xscale() == "log")
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])


def _spaced_ticks(ticks: Sequence[float], logarithmic: bool) -> list[float]:
    """The rising ticks without those so near to the one before that labels would touch."""
    positions = np.log(ticks) if logarithmic else np.array(ticks)
    smallest_gap = 0.05 * (positions[-1] - positions[0]) if len(positions) else 0.0
    indices: list[int] = []
    for index in range(len(positions)):
        if not indices or positions[index] - positions[indices[-1]] >= smallest_gap:
            indices.append(index)
    return [ticks[index] for index in indices]


@final
class TradeOffPoint(NamedTuple):
    """One point of a trade-off: seconds for an instance and the metric's estimate."""

    name: str
    seconds: float
    estimate: Estimate
    ours: bool = False


@in_house_style
def gap_against_time(
    methods: Sequence[TradeOffPoint],
    ax: Axes | None = None,
    y_label: str = "gap to the best known (%)",
) -> Axes:
    """Solvers and models by time per instance (logarithmic) and gap, each with its name beside it.

    The gap's scale is linear up to 1 % and logarithmic beyond, so that 0 has its place.
    """
    ax = axes_or_new(ax, 7.2, 4.4)
    _draw_methods(ax, methods, 100)
    ax.set_yscale("symlog", linthresh=1, linscale=0.8)
    bounds = [100 * bound for method in methods for bound in _drawn_bounds(method.estimate)]
    largest, smallest = max(bounds, default=1), min(bounds, default=0)
    ticks = [-1, 0, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]
    ax.set_yticks([tick for tick in ticks if smallest <= tick <= 1.5 * largest] or [0])
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_locator(NullLocator())
    return _annotate_methods(ax, methods, 100, y_label)


@in_house_style
def metric_against_time(
    methods: Sequence[TradeOffPoint],
    ax: Axes | None = None,
    y_label: str = "",
    percent: bool = True,
) -> Axes:
    """The same for a figure that is no gap, on a linear scale; rates are drawn in per cent."""
    ax, factor = axes_or_new(ax, 7.2, 4.4), 100 if percent else 1
    _draw_methods(ax, methods, factor)
    return _annotate_methods(ax, methods, factor, y_label)


def _draw_methods(ax: Axes, methods: Sequence[TradeOffPoint], factor: float) -> None:
    for ours, colour, marker, name in (
        (True, MODEL, "o", "trained model"), (False, REFERENCE, "s", "classical solver"),
    ):  # fmt: skip
        chosen = [method for method in methods if method.ours == ours]
        if not chosen:
            continue
        value, low, high = factor * np.array([method.estimate for method in chosen]).T
        ax.errorbar(
            [1000 * method.seconds for method in chosen], value,
            (np.maximum(value - low, 0), np.maximum(high - value, 0)),
            color=colour, marker=marker, linestyle="none", capsize=3, label=name,
        )  # fmt: skip
    ax.set_xscale("log")


def _drawn_bounds(estimate: Estimate) -> tuple[float, float]:
    """Lower and upper end of what is drawn: the value itself where it has no interval."""
    value, low, high = estimate
    return (value if np.isnan(low) else low), (value if np.isnan(high) else high)


def _annotate_methods(
    ax: Axes, methods: Sequence[TradeOffPoint], factor: float, y_label: str
) -> Axes:
    """Adds axis labels, legend and names, after all scales are set."""
    ax.margins(x=0.18, y=0.12)
    _label_axes(ax, "milliseconds for an instance", y_label)
    ax.xaxis.set_major_formatter("{x:g}")
    if len({method.ours for method in methods}) > 1:
        ax.legend(loc="upper right")
    points = [
        LabelledPoint(
            method.name,
            1000 * method.seconds,
            factor * method.estimate.value,
            *(factor * bound for bound in _drawn_bounds(method.estimate)),
        )
        for method in methods
    ]
    label_points(ax, points)
    return ax


@in_house_style
def training_curves(
    curves: Mapping[str, Mapping[str, Sequence[float]]],
    ax: Axes | None = None,
    x_label: str = "step",
    y_label: str = "loss",
    logarithmic: bool = False,
) -> Axes:
    """Lines of recorded training figures: name -> {"x": steps, "y": values}.

    A curve with "low" and "high" as well, as `average_curves` gives, has a band.
    """
    ax = axes_or_new(ax)
    for (name, curve), colour in zip(curves.items(), cycle(PALETTE)):
        few = len(curve["x"]) <= 30
        ax.plot(curve["x"], curve["y"], color=colour, marker="o" if few else "", label=name)
        if "low" in curve:
            ax.fill_between(
                curve["x"], curve["low"], curve["high"], color=colour, alpha=0.2, linewidth=0
            )
    if logarithmic:
        ax.set_yscale("log")
    _label_axes(ax, x_label, y_label)
    if len(curves) > 1:
        ax.legend()
    return ax


def _label_axes(ax: Axes, x_label: str, y_label: str) -> None:
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    ax.grid(True, which="major")
    ax.set_axisbelow(True)
