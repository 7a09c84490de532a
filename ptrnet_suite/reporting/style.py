"""One look for every picture: colours for the colour-blind, readable on white and on dark.

Pictures are transparent, and what is neither line nor point (axes, ticks, labels) is of a grey
midway between white and black, so that the page behind may be either. Figures are made without
pyplot: nothing is kept alive behind the caller's back, and no display is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write

BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00",
)  # fmt: skip
"""Okabe and Ito's colours that stand out on white and on black alike."""

PALETTE = (VERMILION, BLUE, GREEN, ORANGE, PURPLE, SKY)
"""Order of series: our model is always the first."""

MODEL, REFERENCE, POINT = VERMILION, BLUE, "#7A7F87"
"""An answer of the model, the answer it is held against, and a point of the input."""

INK = "#7A7F87"
"""Axes and words: contrast of about 4 to 1 on white as on near-black."""

STYLE: Any = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.labelsize": 10,
    "figure.facecolor": "none",
    "font.size": 10,
    "grid.color": INK,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.8,
    "lines.markersize": 6,
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "text.color": INK,
    "text.parse_math": False,  # names of files and tokens may hold a dollar sign
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
}

FORMATS = (".png", ".svg", ".pdf")

WIDEST = 16.0
"""Inches of a figure at most; drawings side by side are shrunk to that."""

in_house_style = rc_context(STYLE)
"""Decorator: what the function draws gets the house's look."""


@in_house_style
def new_figure(
    rows: int = 1, columns: int = 1, width: float = 6.4, height: float = 4.0
) -> tuple[Figure, np.ndarray]:
    """A figure in the house's look and its axes, `(rows, columns)`; sizes in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, squeeze=False)


def panels(count: int, max_columns: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """A figure of `count` axes in rows of at most `max_columns`, each of that many inches."""
    columns = min(max_columns, count)
    rows = -(-count // columns)
    figure, axes = new_figure(rows, columns, width * columns, height * rows)
    for ax in axes.flat[count:]:
        ax.set_axis_off()
    return figure, list(axes.flat[:count])


def axes_or_new(ax: Axes | None, width: float = 6.4, height: float = 4.0) -> Axes:
    """`ax`, or the axes of a new figure when it is None."""
    return new_figure(width=width, height=height)[1][0, 0] if ax is None else ax


def figure_of(ax: Axes) -> Figure:
    """The whole figure that the axes stand in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def side_by_side(draw: Callable[[int, Axes | None], Axes], count: int) -> Figure:
    """`draw(0, ax)` to `draw(count - 1, ax)` in rows; `draw(0, None)` sets the size of each."""
    alone = figure_of(draw(0, None))
    if count == 1:
        return alone
    columns = 2 if count in (2, 4) else 3
    width, height = alone.get_size_inches() * min(1.0, WIDEST / columns / alone.get_figwidth())
    figure, axes = panels(count, columns, width, height)
    for index, ax in enumerate(axes):
        draw(index, ax)
    return figure


def save(figure: Figure, path: Path | str) -> Path:
    """Writes a PNG (160 dots per inch), SVG or PDF, whole; raises InputError for another suffix."""
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise InputError(
            f"a picture cannot be written to {path}: the suffix must be {', '.join(FORMATS)}"
        )
    # A fixed salt makes the same picture the same bytes; the name keeps ids apart on one page.
    dated = {"Date": None} if path.suffix.lower() == ".svg" else {}
    stable = {**STYLE, "svg.hashsalt": path.stem}
    with rc_context(stable), atomic_write(path) as temporary:
        figure.savefig(temporary, dpi=160, metadata=dated, format=path.suffix[1:].lower())
    return path


@in_house_style
def one_legend(figure: Figure, axes: Iterable[Axes], columns: int | None = None) -> None:
    """One legend below the figure in place of one for each of its axes; all in a row by default."""
    entries: dict[str, Any] = {}
    for ax in axes:
        handles, names = ax.get_legend_handles_labels()
        entries |= dict(zip(names, handles, strict=True))
        if (legend := ax.get_legend()) is not None:
            legend.remove()
    if entries:
        figure.legend(
            list(entries.values()), list(entries), loc="outside lower center",
            ncols=columns or len(entries),
        )  # fmt: skip


def bare(ax: Axes, title: str = "") -> Axes:
    """Axes for a drawing in the plane: equal scales, a frame, no ticks."""
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.set_title(title, fontsize=9)
    return ax
