"""An image, and where the reader looked in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDEST = 12.0
"""Inches of a figure of trace."""


def cell_of(shape: tuple[int, int], positions: int) -> tuple[int, int]:
    """Height and width in pixels of what a position stands for, in an image of this shape.

    A cnn's positions are squares, row after row, of a side that doubles with every stage; the last
    ones may hang over the edge. Other encoders read columns of pixels. Raises InputError where
    neither gives so many positions.
    """
    height, width = shape
    side = 1
    while side <= 2 * max(shape):
        if -(-height // side) * -(-width // side) == positions:
            return side, side
        side *= 2
    if positions == width:
        return height, 1
    raise InputError(
        f"attention to {positions} positions is not of an image of {height} x {width} pixels; "
        "accepted are its cells, row after row, or its columns"
    )


def draw_look(
    image: np.ndarray, weights: np.ndarray, title: str = "", ax: Axes | None = None
) -> Axes:
    """The image under the attention that one written token gave to each of its cells.

    weights: `(positions,)`, see `cell_of`. Where most attention went the colour is full, however
    little it was.
    """
    from matplotlib.colors import to_rgb

    from ptrnet_suite.reporting.answers import INCHES, show_image
    from ptrnet_suite.reporting.style import INK, MODEL, axes_or_new

    height, width = image.shape
    down, along = cell_of((height, width), len(weights))
    grid = np.asarray(weights, float).reshape(-(-height // down), -(-width // along))
    ax = show_image(image, axes_or_new(ax, 1.0 + INCHES * width, 0.8 + INCHES * height))
    overlay = np.empty((*grid.shape, 4))
    overlay[..., :3] = to_rgb(MODEL)
    overlay[..., 3] = 0.75 * grid / max(float(grid.max()), 1e-12)
    extent = (-0.5, grid.shape[1] * along - 0.5, grid.shape[0] * down - 0.5, -0.5)
    ax.imshow(overlay, extent=extent, interpolation="bilinear")
    ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    ax.set_title(title, color=INK)
    return ax


def draw_image_attention(
    image: np.ndarray, weights: np.ndarray, tokens: Sequence[str], ax: Axes | None = None
) -> Axes:
    """One panel for each written token, with the attention that it gave to the image.

    weights: `(steps, positions)`, see `cell_of`; tokens: what was written at each step. The panels
    stand in rows inside of the axes.
    """
    from ptrnet_suite.reporting.answers import INCHES
    from ptrnet_suite.reporting.style import axes_or_new

    each, high = 0.3 + INCHES * image.shape[1], 0.6 + INCHES * image.shape[0]
    columns = max(1, min(len(tokens), int(WIDEST / each)))
    rows = max(1, -(-len(tokens) // columns))
    ax = axes_or_new(ax, each * columns, high * rows)
    ax.set_axis_off()
    for step, (token, look) in enumerate(zip(tokens, weights, strict=True)):
        row, column = divmod(step, columns)
        bounds = (column / columns, 1 - (row + 1) / rows, 0.94 / columns, 0.8 / rows)
        draw_look(image, look, token, ax.inset_axes(bounds))
    return ax
