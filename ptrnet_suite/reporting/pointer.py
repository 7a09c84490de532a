"""Pictures of a pointer's choices among points of the plane, with their probabilities."""

from __future__ import annotations

from typing import Any, NamedTuple, final

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

PROBABILITY_COLOURS = LinearSegmentedColormap.from_list("sure", [ORANGE, "#8A8A6A", BLUE])
"""Colours of choices by their probability, from 0 to 1."""

VISIBLE_PROBABILITY = 0.02
"""Probability from which a point that was not chosen is drawn as one that might have been."""

LABELLED_BELOW = 0.95
"""Probability below which it is written beside its choice."""

MAX_NUMBERED = 40
"""Choices beyond which numbers would hide each other."""


@final
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
    def choice_probabilities(self) -> np.ndarray:
        """Probability of each choice, `(steps,)`."""
        rest = np.clip(1 - self.probabilities.sum(1), 0, 1)
        taken = self.probabilities[np.arange(len(self.chosen)), self.chosen]
        return np.where(self.chosen < 0, rest, taken)

    def path(self, step: int) -> np.ndarray:
        """Positions chosen before choice number `step`, `(count,)`."""
        before = self.chosen[:step]
        return before[before >= 0]


@in_house_style
def draw_order(pointing: Pointing, ax: Axes | None = None) -> Axes:
    """Every choice with its number, and its probability as the line's colour.

    Broken lines go to points that might have been chosen in its place, the wider the more probable;
    what a choice below 95 % had is written beside it. A star marks the first choice.
    """
    ax = axes_or_new(ax, 6.0, 5.2)
    points, path = pointing.points, pointing.path(len(pointing.chosen))
    probabilities = pointing.choice_probabilities
    scale = _scale(points)
    for step in range(1, len(pointing.chosen)):
        _draw_alternatives(ax, pointing, step)
    ends = points[pointing.chosen[pointing.chosen >= 0]]
    if pointing.closed and len(path):
        ends = np.concatenate([ends, ends[:1]])
    # The way back is END's choice where there is one; else nothing was left to choose.
    colours = np.append(probabilities, 1.0)[1 : len(ends)]
    lines = LineCollection(
        list(np.stack([ends[:-1], ends[1:]], 1)), cmap=PROBABILITY_COLOURS, linewidths=2.4 * scale
    )
    lines.set(array=colours, clim=(0, 1), capstyle="round", zorder=2)
    ax.add_collection(lines)
    _dots(ax, points, s=22 * scale, color=POINT, zorder=3)
    _dots(ax, points[path[:1]], s=150 * scale, marker="*", color=INK, zorder=4)
    if len(path) <= MAX_NUMBERED:
        _number_choices(ax, points[path], probabilities)
    _frame(ax, points, f"{len(path)} choices{_least_probable(probabilities)}")
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
    points, path, scale = pointing.points, pointing.path(step), _scale(pointing.points)
    probabilities, choice = pointing.probabilities[step], int(pointing.chosen[step])
    _dots(ax, points, s=22 * scale, color=POINT, zorder=3)
    ax.plot(*points[path].T, color=MODEL, linewidth=2 * scale, zorder=2)
    visible = np.flatnonzero(probabilities >= VISIBLE_PROBABILITY / 2)
    _dots(
        ax, points[visible], s=460 * scale * probabilities[visible], linewidths=1, edgecolors=BLUE,
        zorder=4, color=[(*to_rgb(SKY), 0.35 + 0.6 * probabilities[index]) for index in visible],
    )  # fmt: skip
    target = [choice] if choice >= 0 else []
    first = path[:1].tolist() if pointing.closed and step == len(pointing.chosen) - 1 else []
    ax.plot(
        *points[[*path[-1:].tolist(), *target, *first]].T, "--", color=MODEL, linewidth=2 * scale,
        zorder=2,
    )  # fmt: skip
    if target:
        _dots(
            ax, points[target], s=560 * scale, facecolors="none", edgecolors=MODEL, linewidths=2,
            zorder=5,
        )  # fmt: skip
    rest = float(1 - probabilities.sum())
    if len(path) and rest >= VISIBLE_PROBABILITY / 2:
        _dots(
            ax, points[path[:1]], s=520 * scale * rest, marker="s", facecolors="none",
            edgecolors=BLUE, linewidths=2, zorder=5,
        )  # fmt: skip
    name = "END" if choice < 0 else f"point {choice}"
    probability = _per_cent(pointing.choice_probabilities[step])
    _frame(ax, points, f"choice {step + 1}: {name}, {probability}")
    return ax


def _dots(ax: Axes, points: np.ndarray, **style: Any) -> None:
    ax.scatter(points[:, 0], points[:, 1], **style)


def _draw_alternatives(ax: Axes, pointing: Pointing, step: int) -> None:
    """Broken lines from the previous choice to points that might have been chosen instead."""
    probabilities, points = pointing.probabilities[step], pointing.points
    if not len(path := pointing.path(step)):
        return
    for index in np.flatnonzero(probabilities >= VISIBLE_PROBABILITY):
        if index != pointing.chosen[step]:
            ax.plot(
                *points[[path[-1], index]].T, linestyle=(0, (3, 2)), color=SKY,
                linewidth=0.8 + 3 * probabilities[index], alpha=0.8, zorder=1,
            )  # fmt: skip


def _number_choices(ax: Axes, path: np.ndarray, probabilities: np.ndarray) -> None:
    """The numbers of the choices, each beside its point, away from the lines that meet there.

    path: `(count, 2)` points in the order of the choices.
    """
    previous, following = np.roll(path, 1, 0), np.roll(path, -1, 0)
    for step, point in enumerate(path):
        right, up = _free_direction(point, path.mean(0), previous[step], following[step])
        text = f"{step + 1}"
        if probabilities[step] < LABELLED_BELOW:
            text += f"\n{_per_cent(probabilities[step])}"
        distance = 6 if step else 9
        ax.annotate(
            text, tuple(point), (distance * right, distance * up), textcoords="offset points",
            ha=("right", "center", "left")[_alignment_index(right)],
            va=("top", "center", "bottom")[_alignment_index(up)],
            fontsize=7.5 if len(path) <= 25 else 6.5, linespacing=0.95, zorder=6,
        )  # fmt: skip


def _free_direction(
    point: np.ndarray, centre: np.ndarray, previous: np.ndarray, following: np.ndarray
) -> np.ndarray:
    """The direction in which no line to a neighbour leaves; of a straight one, outwards."""
    direction = -_unit(previous - point) - _unit(following - point)
    if np.hypot(*direction) < 0.2:
        normal = _unit(previous - point)[::-1] * [1, -1]
        direction = normal if normal @ (point - centre) >= 0 else -normal
    return _unit(direction)


def _alignment_index(component: float) -> int:
    """Index of a text's alignment for an offset in one direction: low, middle or high."""
    return 1 + int(component > 0.4) - int(component < -0.4)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / (np.hypot(*vector) or 1.0)


def _scale(points: np.ndarray) -> float:
    """1 for few points, smaller where many must share the space."""
    return float(np.clip(6 / np.sqrt(max(1, len(points))), 0.25, 1.0))


def _frame(ax: Axes, points: np.ndarray, title: str) -> None:
    """The same limits at every step, with room for numbers and discs."""
    bare(ax, title).set_aspect("equal", adjustable="box")
    low, high = points.min(0), points.max(0)
    margin = 0.12 * max(float((high - low).max()), 1e-9)
    ax.set_xlim(low[0] - margin, high[0] + margin)
    ax.set_ylim(low[1] - margin, high[1] + margin)


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _least_probable(probabilities: np.ndarray) -> str:
    """Number and probability of the least probable choice, empty where all have 1."""
    least = int(probabilities.argmin())
    smallest = probabilities[least]
    return f", the least sure: {least + 1} ({_per_cent(smallest)})" if smallest < 1 else ""
