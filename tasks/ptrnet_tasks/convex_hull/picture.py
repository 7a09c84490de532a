"""A hull drawn over its points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_hull(
    points: np.ndarray, answer: np.ndarray, true: np.ndarray | None, ax: Axes | None
) -> Axes:
    """Answer as a thin numbered line over the true hull as a broad band; the start is a star.

    points: `(n, 2)`; answer and true: open sequences of positions.
    """
    from ptrnet_suite.reporting.style import INK, MODEL, POINT, SKY, axes_or_new, bare

    ax = bare(axes_or_new(ax, 5, 5))
    if true is not None:
        band = points[[*true, true[0]]]
        ax.fill(*band.T, color=SKY, alpha=0.12, linewidth=0)
        ax.plot(*band.T, color=SKY, alpha=0.55, linewidth=6, label="true hull", zorder=1)
    ax.scatter(points[:, 0], points[:, 1], s=14, color=POINT, zorder=2)
    if len(answer):
        closed = points[[*answer, answer[0]]]
        ax.plot(*closed.T, color=MODEL, linewidth=1.6, label="answer", zorder=3)
        ax.scatter(closed[:-1, 0], closed[:-1, 1], s=26, color=MODEL, zorder=4)
        ax.scatter(
            closed[0, 0], closed[0, 1], s=140, marker="*", color=INK, label="start", zorder=5
        )
        _number(ax, points, answer)
    ax.margins(0.1)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3, frameon=False, labelcolor=INK)
    return ax


def _number(ax: Axes, points: np.ndarray, answer: np.ndarray) -> None:
    """The order of the corners, written outside of the polygon."""
    from ptrnet_suite.reporting.style import INK

    middle = points[answer].mean(0)
    for number, position in enumerate(answer, 1):
        outward = points[position] - middle
        outward = outward / (np.linalg.norm(outward) or 1.0)
        ax.annotate(
            str(number),
            points[position],
            xytext=tuple(11 * outward),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=8,
            color=INK,
        )
