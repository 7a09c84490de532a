"""The charts of reports: each takes axes or makes its own, and returns them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.ticker import NullLocator
from matplotlib.transforms import Bbox

from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.style import (
    INK,
    MODEL,
    PALETTE,
    REFERENCE,
    axes_or_new,
    figure_of,
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
    ax = axes_or_new(ax)
    factor = 100 if percent else 1
    for (name, points), colour, marker in zip(series.items(), cycle(PALETTE), cycle(MARKERS)):
        places = sorted(points)
        value, low, high = factor * np.array([points[place] for place in places]).T
        ax.errorbar(
            places, value, (np.maximum(value - low, 0), np.maximum(high - value, 0)),
            color=colour, marker=marker, capsize=3, label=name,
        )  # fmt: skip
    later = PALETTE[len(series) % len(PALETTE) :] + PALETTE
    for (name, values), colour, marker in zip((published or {}).items(), later, cycle("odDs")):
        places = sorted(values)
        ax.plot(
            places, [factor * values[place] for place in places],
            color=colour, marker=marker, linestyle="--", markerfacecolor="none", label=name,
        )  # fmt: skip
    _dress(ax, x_label, y_label)
    every = {x for points in (*series.values(), *(published or {}).values()) for x in points}
    if every and min(every) > 0 and max(every) >= 8 * min(every):
        ax.set_xscale("log")
        ax.xaxis.set_minor_locator(NullLocator())
    if len(every) <= 8:
        told = _spaced(sorted(every), ax.get_xscale() == "log")
        ax.set_xticks(told, [f"{place:g}" for place in told])
    handles, labels = ax.get_legend_handles_labels()
    order = [labels.index(name) for name in (*series, *(published or {}))]
    ax.legend([handles[place] for place in order], [labels[place] for place in order])
    return ax


def _spaced(places: Sequence[float], logarithmic: bool) -> list[float]:
    """Those of rising places that are not so near to the one before that labels would touch."""
    scaled = np.log(places) if logarithmic else np.array(places)
    least = 0.05 * (scaled[-1] - scaled[0]) if len(scaled) else 0.0
    kept: list[int] = []
    for number in range(len(scaled)):
        if not kept or scaled[number] - scaled[kept[-1]] >= least:
            kept.append(number)
    return [places[number] for number in kept]


class TradeOffPoint(NamedTuple):
    """One point of a trade-off: how long an instance takes and what is reached."""

    name: str
    seconds: float
    reached: Estimate
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
    largest = max((100 * method.reached.high for method in methods), default=1)
    smallest = min((100 * method.reached.low for method in methods), default=0)
    ticks = [-1, 0, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]
    ax.set_yticks([tick for tick in ticks if smallest <= tick <= 1.5 * largest] or [0])
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_locator(NullLocator())
    return _named(ax, methods, 100, y_label)


@in_house_style
def reached_against_time(
    methods: Sequence[TradeOffPoint],
    ax: Axes | None = None,
    y_label: str = "",
    percent: bool = True,
) -> Axes:
    """The same for a figure that is no gap, on a linear scale; rates are drawn in per cent."""
    ax, factor = axes_or_new(ax, 7.2, 4.4), 100 if percent else 1
    _draw_methods(ax, methods, factor)
    return _named(ax, methods, factor, y_label)


def _draw_methods(ax: Axes, methods: Sequence[TradeOffPoint], factor: float) -> None:
    for ours, colour, marker, name in (
        (True, MODEL, "o", "trained model"), (False, REFERENCE, "s", "classical solver"),
    ):  # fmt: skip
        chosen = [method for method in methods if method.ours == ours]
        if not chosen:
            continue
        value, low, high = factor * np.array([method.reached for method in chosen]).T
        ax.errorbar(
            [1000 * method.seconds for method in chosen], value,
            (np.maximum(value - low, 0), np.maximum(high - value, 0)),
            color=colour, marker=marker, linestyle="none", capsize=3, label=name,
        )  # fmt: skip
    ax.set_xscale("log")


def _named(ax: Axes, methods: Sequence[TradeOffPoint], factor: float, y_label: str) -> Axes:
    """Axes, legend and names, after all scales are set."""
    ax.margins(x=0.18, y=0.12)
    _dress(ax, "milliseconds for an instance", y_label)
    ax.xaxis.set_major_formatter("{x:g}")
    if len({method.ours for method in methods}) > 1:
        ax.legend(loc="upper right")
    _label_points(ax, [_Point(m.name, 1000 * m.seconds, *(factor * np.array(m.reached)))
                       for m in methods])  # fmt: skip
    return ax


@in_house_style
def training_curves(
    curves: Mapping[str, Mapping[str, Sequence[float]]],
    ax: Axes | None = None,
    x_label: str = "step",
    y_label: str = "loss",
    logarithmic: bool = False,
) -> Axes:
    """Lines of what was recorded in training: name -> {"x": places, "y": values}.

    A curve with "low" and "high" as well, such as `training_log.spread` makes, has a band.
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
    _dress(ax, x_label, y_label)
    if len(curves) > 1:
        ax.legend()
    return ax


def _dress(ax: Axes, x_label: str, y_label: str) -> None:
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    ax.grid(True, which="major")
    ax.set_axisbelow(True)


class _Point(NamedTuple):
    """A point with its error bar, in the data's coordinates, and its name."""

    name: str
    x: float
    y: float
    low: float
    high: float


def _label_points(ax: Axes, points: Sequence[_Point]) -> None:
    """Names beside points, each at the first place around it where nothing else is."""
    # Constrained layout moves the axes when drawn, and labels are placed in pixels.
    figure_of(ax).draw_without_rendering()
    frame, to_pixels = ax.get_window_extent(), ax.transData.transform
    taken = [_box(to_pixels((one.x, one.y)), to_pixels((one.x, one.y)), 8) for one in points]
    taken += [_box(to_pixels((one.x, one.low)), to_pixels((one.x, one.high)), 4) for one in points]
    for name, x, y, _, _ in points:
        label = ax.annotate(name, (x, y), PLACES[0], textcoords="offset points", fontsize=9)
        clashes = {place: _clashes(label, place, taken, frame) for place in PLACES}
        chosen = min(PLACES, key=clashes.__getitem__)
        _move(label, chosen)
        taken.append(label.get_window_extent())
        if max(map(abs, chosen)) > FAR:
            ends = to_pixels((x, y)), _nearest(taken[-1], to_pixels((x, y)))
            lead = ax.transData.inverted().transform(ends)
            ax.plot(*lead.T, color=INK, linewidth=0.6, zorder=1, scalex=False, scaley=False)


PLACES = [
    (right * reach, up * reach)
    for reach in (8, 15, 24, 36, 50, 70)
    for right, up in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
]
"""Offsets of a label from its point, in points, the best first."""

FAR = 20
"""Offset from which a thin line leads to the label."""


def _box(first: np.ndarray, last: np.ndarray, half: float) -> Bbox:
    """Around two places, in pixels."""
    low, high = np.minimum(first, last) - half, np.maximum(first, last) + half
    return Bbox([low, high])


def _nearest(box: Bbox, place: np.ndarray) -> np.ndarray:
    return np.clip(place, box.min, box.max)


def _move(label: Annotation, place: tuple[float, float]) -> None:
    label.set_position(place)
    label.set_horizontalalignment(("center", "left", "right")[int(np.sign(place[0]))])
    label.set_verticalalignment(("center", "bottom", "top")[int(np.sign(place[1]))])


def _clashes(
    label: Annotation, place: tuple[float, float], taken: Sequence[Bbox], frame: Bbox
) -> int:
    """How much is in the way of a label at `place`; leaving the axes counts for two."""
    _move(label, place)
    box = label.get_window_extent()
    outside = box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1
    return box.count_overlaps(taken) + 2 * outside
