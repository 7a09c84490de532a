"""Pictures of attention: a heat map of all steps, and an animation of one step after another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ptrnet_suite.attending import Looks
from ptrnet_suite.errors import InputError
from ptrnet_suite.plotting import INK, MODEL, REFERENCE, STYLE, axes_or_new, in_house_style
from ptrnet_suite.runtime import atomic_write

HEAT = LinearSegmentedColormap.from_list("heat", [(0, 0.45, 0.7, 0.0), (0, 0.45, 0.7, 1.0)])
"""From nothing to the house's blue, so that the page shows through where nothing is looked at."""

PAPER = "#ffffff"
"""Behind an animation: a GIF knows no half-transparent points."""


@in_house_style
def heat_map(
    looks: Looks, inputs: Sequence[str], outputs: Sequence[str], ax: Axes | None = None
) -> Axes:
    """Weights of every step (rows, top to bottom) over the inputs (columns), the mean over heads.

    Where the alignment is local, a dot is a window's centre and the bracket its width. Raises
    InputError where names and weights differ in number.
    """
    weights = looks.weights.mean(0)
    check_names(weights, inputs, outputs)
    ax = axes_or_new(ax, 1.6 + 0.34 * len(inputs), 1.4 + 0.3 * len(outputs))
    image = ax.imshow(weights, cmap=HEAT, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    slanted = max(map(len, inputs), default=0) > 2
    ax.set_xticks(range(len(inputs)), inputs, rotation=60 if slanted else 0,
                  ha="left" if slanted else "center")  # fmt: skip
    ax.xaxis.tick_top()
    ax.set_yticks(range(len(outputs)), outputs)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if looks.centres is not None and looks.window is not None:
        _draw_windows(ax, looks.centres, looks.window, len(inputs))
    bar = ax.figure.colorbar(image, ax=ax, fraction=0.03, pad=0.02)
    bar.set_label("attention")
    bar.outline.set_visible(False)
    return ax


def check_names(weights: np.ndarray, inputs: Sequence[str], outputs: Sequence[str]) -> None:
    """Raises InputError where steps and outputs, or positions and inputs, differ in number."""
    if weights.shape != (len(outputs), len(inputs)):
        raise InputError(
            f"attention has {weights.shape[0]} steps over {weights.shape[1]} positions, and there "
            f"are {len(outputs)} outputs and {len(inputs)} inputs; accepted are as many"
        )


def _draw_windows(ax: Axes, centres: np.ndarray, window: int, positions: int) -> None:
    for step, centre in enumerate(centres):
        low, high = max(-0.5, centre - window), min(positions - 0.5, centre + window)
        ax.plot([low, high], [step, step], color=MODEL, alpha=0.5, linewidth=1.2)
        ax.plot([low, low], [step - 0.25, step + 0.25], color=MODEL, linewidth=1.2)
        ax.plot([high, high], [step - 0.25, step + 0.25], color=MODEL, linewidth=1.2)
    steps = range(len(centres))
    ax.plot(np.clip(centres, -0.5, positions - 0.5), steps, "o", color=MODEL, markersize=4)


def animate(
    looks: Looks,
    inputs: Sequence[str],
    outputs: Sequence[str],
    path: Path | str,
    speed: int = 2,
) -> Path:
    """Writes a GIF in which each step's weights stand as bars over the inputs.

    speed: steps a second. The title is what has been written so far. Raises InputError for another
    suffix than .gif, and where names and weights differ in number.
    """
    path, weights = Path(path), looks.weights.mean(0)
    check_names(weights, inputs, outputs)
    if path.suffix.lower() != ".gif":
        raise InputError(f"an animation cannot be written to {path}: the suffix must be .gif")
    with rc_context(STYLE), atomic_write(path) as temporary:
        figure, draw = _stage(looks, weights, inputs, outputs)
        film = FuncAnimation(figure, draw, frames=len(outputs), blit=False)
        film.save(temporary, writer=PillowWriter(fps=speed), dpi=90)
    return path


def _stage(
    looks: Looks, weights: np.ndarray, inputs: Sequence[str], outputs: Sequence[str]
) -> tuple[Figure, Any]:
    """A figure and the function that draws step number n on it."""
    ax = axes_or_new(None, max(4.8, 1.2 + 0.42 * len(inputs)), 3.0)
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.set_facecolor(PAPER)
    bars = ax.bar(range(len(inputs)), weights[0], color=REFERENCE, width=0.8)
    slanted = max(map(len, inputs), default=0) > 2
    ax.set_xticks(range(len(inputs)), inputs, rotation=60 if slanted else 0)
    ax.set(xlim=(-0.6, len(inputs) - 0.4), ylim=(0, 1.02), ylabel="attention")
    centre = window = None
    if looks.centres is not None and looks.window is not None:
        window = ax.axvspan(0, 1, color=MODEL, alpha=0.15, linewidth=0)
        centre = ax.axvline(0, color=MODEL, linewidth=1.5)

    def draw(step: int) -> list[Any]:
        for bar, height in zip(bars, weights[step], strict=True):
            bar.set_height(height)
        ax.set_title(" ".join(outputs[: step + 1])[-90:], color=INK, loc="left")
        if centre is not None and window is not None and looks.centres is not None:
            place, half = float(looks.centres[step]), looks.window or 0
            centre.set_xdata([place, place])
            window.set_x(place - half)
            window.set_width(2 * half)
        return [*bars]

    return figure, draw
