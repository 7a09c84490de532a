"""Attention over named positions: a heat map of all steps, or the bars of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.style import MODEL, REFERENCE, axes_or_new, in_house_style
from ptrnet_suite.task.presenter import AttentionTrace

HEAT = LinearSegmentedColormap.from_list("heat", [(0, 0.45, 0.7, 0.0), (0, 0.45, 0.7, 1.0)])
"""From transparent to the house's blue, so that the page shows through where weights are 0."""


@in_house_style
def heat_map(
    trace: AttentionTrace,
    inputs: Sequence[str],
    outputs: Sequence[str],
    ax: Axes | None = None,
    label: str = "attention",
) -> Axes:
    """Weights of every step (rows, top to bottom) over the inputs (columns), the mean over heads.

    Where the alignment is local, a dot is a window's centre and the bracket its width. Raises
    InputError where names and weights differ in number.
    """
    weights = trace.weights.mean(0)
    check_names(weights, inputs, outputs)
    ax = axes_or_new(ax, 1.6 + 0.34 * len(inputs), 1.4 + 0.3 * len(outputs))
    image = ax.imshow(weights, cmap=HEAT, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    _name_positions(ax, inputs, "left")
    ax.xaxis.tick_top()
    ax.set_yticks(range(len(outputs)), outputs)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if trace.centres is not None and trace.window is not None:
        _draw_windows(ax, trace.centres, trace.window, len(inputs))
    bar = ax.figure.colorbar(image, ax=ax, fraction=0.03, pad=0.02)
    bar.set_label(label)
    bar.outline.set_visible(False)
    return ax


def _name_positions(ax: Axes, inputs: Sequence[str], side: str) -> None:
    """Long names slanted, with their end on that `side` at the position."""
    slanted = max(map(len, inputs), default=0) > 2
    ax.set_xticks(range(len(inputs)), inputs, rotation=60 if slanted else 0,
                  ha=side if slanted else "center", rotation_mode="anchor")  # fmt: skip


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


@in_house_style
def draw_bars(
    trace: AttentionTrace,
    inputs: Sequence[str],
    outputs: Sequence[str],
    step: int,
    ax: Axes | None = None,
    label: str = "attention",
) -> Axes:
    """The weights of one step, counted from 0, as bars over the inputs, the mean over heads.

    The title is what has been written so far. Raises InputError as `heat_map`.
    """
    weights = trace.weights.mean(0)
    check_names(weights, inputs, outputs)
    ax = axes_or_new(ax, max(4.8, 1.2 + 0.42 * len(inputs)), 3.0)
    ax.bar(range(len(inputs)), weights[step], color=REFERENCE, width=0.8)
    _name_positions(ax, inputs, "right")
    ax.set(xlim=(-0.6, len(inputs) - 0.4), ylim=(0, 1.02), ylabel=label)
    ax.set_title(" ".join(outputs[: step + 1])[-90:], loc="left")
    if trace.centres is not None and trace.window is not None:
        centre = float(trace.centres[step])
        low, high = centre - trace.window, centre + trace.window
        ax.axvspan(low, high, color=MODEL, alpha=0.15, linewidth=0)
        ax.axvline(centre, color=MODEL, linewidth=1.5)
    return ax
