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

from ptrnet_suite.plotting import MODEL, PALETTE, REFERENCE, axes_or_new, in_house_style
from ptrnet_suite.statistics import Estimate

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
        ax.set_xticks(sorted(every), [f"{place:g}" for place in sorted(every)])
    handles, labels = ax.get_legend_handles_labels()
    order = [labels.index(name) for name in (*series, *(published or {}))]
    ax.legend([handles[place] for place in order], [labels[place] for place in order])
    return ax


class Method(NamedTuple):
    """One point of a trade-off: how long an instance takes and what is reached."""

    name: str
    seconds: float
    reached: Estimate
    ours: bool = False


@in_house_style
def gap_against_time(
    methods: Sequence[Method], ax: Axes | None = None, y_label: str = "gap to the best known (%)"
) -> Axes:
    """Solvers and models by time per instance (logarithmic) and gap, each with its name beside it.

    The gap's scale is linear up to 1 % and logarithmic beyond, so that 0 has its place.
    """
    ax = axes_or_new(ax, 7.2, 4.4)
    for ours, colour, marker, name in (
        (True, MODEL, "o", "trained model"), (False, REFERENCE, "s", "classical solver"),
    ):  # fmt: skip
        chosen = [method for method in methods if method.ours == ours]
        if not chosen:
            continue
        value, low, high = 100 * np.array([method.reached for method in chosen]).T
        ax.errorbar(
            [1000 * method.seconds for method in chosen], value,
            (np.maximum(value - low, 0), np.maximum(high - value, 0)),
            color=colour, marker=marker, linestyle="none", capsize=3, label=name,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("symlog", linthresh=1, linscale=0.8)
    largest = max((100 * method.reached.high for method in methods), default=1)
    smallest = min((100 * method.reached.low for method in methods), default=0)
    ticks = [-1, 0, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]
    ax.set_yticks([tick for tick in ticks if smallest <= tick <= 1.5 * largest] or [0])
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_locator(NullLocator())
    ax.margins(x=0.18, y=0.12)
    _dress(ax, "milliseconds for an instance", y_label)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.legend(loc="upper right")
    _label_points(
        ax, [(1000 * method.seconds, 100 * method.reached.value, method.name) for method in methods]
    )
    return ax


@in_house_style
def training_curves(
    curves: Mapping[str, Mapping[str, Sequence[float]]],
    ax: Axes | None = None,
    x_label: str = "step",
    y_label: str = "loss",
    logarithmic: bool = False,
) -> Axes:
    """Lines of what was recorded in training: name -> {"x": places, "y": values}."""
    ax = axes_or_new(ax)
    for (name, curve), colour in zip(curves.items(), cycle(PALETTE)):
        few = len(curve["x"]) <= 30
        ax.plot(curve["x"], curve["y"], color=colour, marker="o" if few else "", label=name)
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


def _label_points(ax: Axes, points: Sequence[tuple[float, float, str]]) -> None:
    """Names beside points, each at the first place around it where nothing else is."""
    if (figure := ax.get_figure(root=True)) is not None:
        # Constrained layout moves the axes when drawn, and labels are placed in pixels.
        figure.draw_without_rendering()
    frame = ax.get_window_extent()
    taken = [_box_around(*ax.transData.transform(point[:2])) for point in points]
    for x, y, name in points:
        label = ax.annotate(name, (x, y), PLACES[0], textcoords="offset points", fontsize=9)
        clashes = {place: _clashes(label, place, taken, frame) for place in PLACES}
        _move(label, min(PLACES, key=clashes.__getitem__))
        taken.append(label.get_window_extent())


PLACES = [
    (right * reach, up * reach)
    for reach in (8, 15, 24)
    for right, up in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
]
"""Offsets of a label from its point, in points, the best first."""


def _box_around(x: float, y: float, half: float = 8) -> Bbox:
    return Bbox.from_extents(x - half, y - half, x + half, y + half)


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
