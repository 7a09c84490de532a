"""An image with what is read in it, and where the reader looked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tasks.image_text.files import as_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDEST = 12.0
"""Inches of a figure of looks."""


def draw_reading(
    image: np.ndarray, answer: str, reference: str | None = None, ax: Axes | None = None
) -> Axes:
    """The image, dark on light, under its answer; under a wrong one the reference."""
    from ptrnet_suite.plotting import INK, MODEL, REFERENCE, axes_or_new

    height, width = image.shape
    ax = _shown(image, axes_or_new(ax, 1.0 + 0.06 * width, 1.3 + 0.06 * height))
    known = reference is not None
    ax.set_title(answer or "(nothing)", color=MODEL if known and answer != reference else INK)
    if known and answer != reference:
        ax.set_xlabel(f"reference: {reference}", color=REFERENCE)
    return ax


def draw_look(
    image: np.ndarray, weights: np.ndarray, side: int, title: str = "", ax: Axes | None = None
) -> Axes:
    """The image under the attention that one written token gave to each of its cells.

    weights: `(positions,)`, cells of `side` pixels, row after row; those of columns that are not in
    the image are left out. The most attended cell is drawn in full colour, however little it got.
    """
    from matplotlib.colors import to_rgb

    from ptrnet_suite.plotting import INK, MODEL, axes_or_new

    height, width = image.shape
    rows, columns = -(-height // side), -(-width // side)
    grid = np.asarray(weights, float).reshape(rows, -1)[:, :columns]
    ax = _shown(image, axes_or_new(ax, 1.0 + 0.06 * width, 0.8 + 0.06 * height))
    overlay = np.empty((rows, columns, 4))
    overlay[..., :3] = to_rgb(MODEL)
    overlay[..., 3] = 0.75 * grid / max(float(grid.max()), 1e-12)
    extent = (-0.5, columns * side - 0.5, rows * side - 0.5, -0.5)
    ax.imshow(overlay, extent=extent, interpolation="bilinear")
    ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    ax.set_title(title, color=INK)
    return ax


def draw_looks(
    image: np.ndarray, weights: np.ndarray, side: int, tokens: Sequence[str]
) -> Figure:
    """One panel for each written token, with the attention that it gave to the image.

    weights: `(steps, positions)`, or `(steps, heads, positions)`, of which the mean is drawn; side:
    pixels of a cell's side; tokens: what was written at each step.
    """
    from ptrnet_suite.plotting import new_figure

    looks = np.asarray(weights, float)
    looks = looks.mean(1) if looks.ndim == 3 else looks
    height, width = image.shape
    each = 0.7 + 0.05 * width
    columns = max(1, min(len(tokens), int(WIDEST / each)))
    rows = -(-len(tokens) // columns)
    figure, axes = new_figure(rows, columns, each * columns, (0.6 + 0.05 * height) * rows)
    for ax, token, look in zip(axes.flat, tokens, looks, strict=False):
        draw_look(image, look, side, token, ax)
    for ax in axes.flat[len(tokens) :]:
        ax.set_axis_off()
    return figure


def _shown(image: np.ndarray, ax: Axes) -> Axes:
    shown: Any = 255 - as_bytes(image)
    ax.imshow(shown, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return ax
