"""Numbers drawn in the order that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_bars(values: np.ndarray, answer: np.ndarray, ax: Axes | None) -> Axes:
    """The values `(n,)` as bars in the answer's order; hatched where a sorted one differs."""
    from ptrnet_suite.reporting.style import INK, MODEL, SKY, axes_or_new

    ax = axes_or_new(ax, max(6, 0.22 * len(values)), 3)
    chosen, places = values[answer], np.arange(len(answer))
    expected = np.sort(values)
    wrong = chosen != np.resize(expected, len(chosen))
    ax.bar(places[~wrong], chosen[~wrong], color=SKY, label="right place")
    if wrong.any():
        ax.bar(places[wrong], chosen[wrong], color=MODEL, hatch="//", label="wrong place")
    ax.step(np.arange(len(values)), expected, where="mid", color=INK, label="sorted")
    ax.set_xticks(places, [str(position) for position in answer])
    ax.set_xlabel("position in the input, in the order chosen")
    ax.set_ylabel("value")
    ax.legend(frameon=False, labelcolor=INK)
    return ax
