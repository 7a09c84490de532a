"""Pictures of a pointer at work in the plane: the order of its choices, and how sure they were."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from ptrnet_suite.reporting.style import (
    BLUE,
    INK,
    MODEL,
    ORANGE,
    POINT,
    SKY,
    axes_or_new,
    bare,
    in_house_style,
)

SURE = LinearSegmentedColormap.from_list("sure", [ORANGE, "#8A8A6A", BLUE])
"""From a guess to a certainty."""

SEEN = 0.02
"""Probability from which a point that was not chosen is drawn as one that might have been."""

CERTAIN = 0.95
"""Probability below which a choice's own is written beside it."""

MOST_NUMBERED = 40
"""Choices beyond which numbers would hide each other."""


class Pointing(NamedTuple):
    """Choices among points of the plane.

    points: `(n, 2)`; chosen: `(steps,)` positions, -1 for END; probabilities: `(steps, n)`, what is
    left of 1 is END's; closed: whether the choices draw a closed curve.
    """

    points: np.ndarray
    chosen: np.ndarray
    probabilities: np.ndarray
    closed: bool

    @property
    def of_choices(self) -> np.ndarray:
        """How probable each choice was, `(steps,)`."""
        rest = np.clip(1 - self.probabilities.sum(1), 0, 1)
        taken = self.probabilities[np.arange(len(self.chosen)), self.chosen]
        return np.where(self.chosen < 0, rest, taken)

    def path(self, step: int) -> np.ndarray:
        """Positions chosen before choice number `step`, `(count,)`."""
        before = self.chosen[:step]
        return before[before >= 0]


@in_house_style
def draw_order(pointing: Pointing, ax: Axes | None = None) -> Axes:
    """Every choice with its number, and how probable it was as the line's colour.

    Broken lines go to points that might have been chosen in its place, the wider the more probable;
    what a choice below 95 % had is written beside it. A star marks the first choice.
    """
    ax = axes_or_new(ax, 6.0, 5.2)
    points, path, sure = pointing.points, pointing.path(len(pointing.chosen)), pointing.of_choices
    small = _scale(points)
    for step in range(1, len(pointing.chosen)):
        _draw_doubts(ax, pointing, step)
    ends = points[pointing.chosen[pointing.chosen >= 0]]
    if pointing.closed and len(path):
        ends = np.concatenate([ends, ends[:1]])
    # The way back is END's choice where there is one; else nothing was left to choose.
    colours = np.append(sure, 1.0)[1 : len(ends)]
    lines = LineCollection(
        list(np.stack([ends[:-1], ends[1:]], 1)), cmap=SURE, linewidths=2.4 * small
    )
    lines.set(array=colours, clim=(0, 1), capstyle="round", zorder=2)
    ax.add_collection(lines)
    _dots(ax, points, s=22 * small, color=POINT, zorder=3)
    _dots(ax, points[path[:1]], s=150 * small, marker="*", color=INK, zorder=4)
    if len(path) <= MOST_NUMBERED:
        _number(ax, points[path], sure)
    _frame(ax, points, f"{len(path)} choices{_told_doubt(sure)}")
    bar = ax.figure.colorbar(lines, ax=ax, fraction=0.035, pad=0.02)
    bar.set_label("probability of the choice")
    bar.outline.set_visible(False)
    return ax


@in_house_style
def draw_pointing(pointing: Pointing, step: int, ax: Axes | None = None) -> Axes:
    """Where the pointer points before choice number `step`, counted from 0, and what it takes.

    The larger and fuller a disc, the more probable its point; a square around the first choice is
    END's share. The line is what was chosen before, its broken end the choice of this step.
    """
    ax = axes_or_new(ax, 5.0, 5.0)
    points, path, small = pointing.points, pointing.path(step), _scale(pointing.points)
    likely, place = pointing.probabilities[step], int(pointing.chosen[step])
    _dots(ax, points, s=22 * small, color=POINT, zorder=3)
    ax.plot(*points[path].T, color=MODEL, linewidth=2 * small, zorder=2)
    seen = np.flatnonzero(likely >= SEEN / 2)
    _dots(
        ax, points[seen], s=460 * small * likely[seen], linewidths=1, edgecolors=BLUE, zorder=4,
        color=[(*to_rgb(SKY), 0.35 + 0.6 * likely[one]) for one in seen],
    )  # fmt: skip
    target = [place] if place >= 0 else []
    home = path[:1].tolist() if pointing.closed and step == len(pointing.chosen) - 1 else []
    ax.plot(
        *points[[*path[-1:].tolist(), *target, *home]].T, "--", color=MODEL, linewidth=2 * small,
        zorder=2,
    )  # fmt: skip
    if target:
        _dots(
            ax, points[target], s=560 * small, facecolors="none", edgecolors=MODEL, linewidths=2,
            zorder=5,
        )  # fmt: skip
    rest = float(1 - likely.sum())
    if len(path) and rest >= SEEN / 2:
        _dots(
            ax, points[path[:1]], s=520 * small * rest, marker="s", facecolors="none",
            edgecolors=BLUE, linewidths=2, zorder=5,
        )  # fmt: skip
    name = "END" if place < 0 else f"point {place}"
    _frame(ax, points, f"choice {step + 1}: {name}, {_per_cent(pointing.of_choices[step])}")
    return ax


def _dots(ax: Axes, points: np.ndarray, **look: Any) -> None:
    ax.scatter(points[:, 0], points[:, 1], **look)


def _draw_doubts(ax: Axes, pointing: Pointing, step: int) -> None:
    """From where the choice was made, broken lines to what might have been chosen instead."""
    likely, points = pointing.probabilities[step], pointing.points
    if not len(path := pointing.path(step)):
        return
    for place in np.flatnonzero(likely >= SEEN):
        if place != pointing.chosen[step]:
            ax.plot(
                *points[[path[-1], place]].T, linestyle=(0, (3, 2)), color=SKY,
                linewidth=0.8 + 3 * likely[place], alpha=0.8, zorder=1,
            )  # fmt: skip


def _number(ax: Axes, places: np.ndarray, sure: np.ndarray) -> None:
    """The numbers of the choices, each beside its point, away from the lines that meet there."""
    others = (np.roll(places, 1, 0), np.roll(places, -1, 0))
    for number, place in enumerate(places):
        right, up = _away(place, places.mean(0), *(other[number] for other in others))
        told = f"{number + 1}"
        if sure[number] < CERTAIN:
            told += f"\n{_per_cent(sure[number])}"
        reach = 6 if number else 9
        ax.annotate(
            told, tuple(place), (reach * right, reach * up), textcoords="offset points",
            ha=("right", "center", "left")[_side(right)], va=("top", "center", "bottom")[_side(up)],
            fontsize=7.5 if len(places) <= 25 else 6.5, linespacing=0.95, zorder=6,
        )  # fmt: skip


def _away(place: np.ndarray, middle: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """The direction in which no line to the others leaves; of a straight one, outwards."""
    away = -sum((_unit(other - place) for other in others), np.zeros(2))
    if np.hypot(*away) < 0.2:
        across = _unit(others[0] - place)[::-1] * [1, -1]
        away = across if across @ (place - middle) >= 0 else -across
    return _unit(away)


def _side(part: float) -> int:
    return 1 + int(part > 0.4) - int(part < -0.4)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / (np.hypot(*vector) or 1.0)


def _scale(points: np.ndarray) -> float:
    """1 for few points, smaller where many must share the space."""
    return float(np.clip(6 / np.sqrt(max(1, len(points))), 0.25, 1.0))


def _frame(ax: Axes, points: np.ndarray, title: str) -> None:
    """The same limits at every step, with room for numbers and discs."""
    bare(ax, title).set_aspect("equal", adjustable="box")
    low, high = points.min(0), points.max(0)
    room = 0.12 * max(float((high - low).max()), 1e-9)
    ax.set_xlim(low[0] - room, high[0] + room)
    ax.set_ylim(low[1] - room, high[1] + room)


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _told_doubt(sure: np.ndarray) -> str:
    """Which choice was the least sure, where one was not certain."""
    least = int(sure.argmin())
    return f", the least sure: {least + 1} ({_per_cent(sure[least])})" if sure[least] < 1 else ""
