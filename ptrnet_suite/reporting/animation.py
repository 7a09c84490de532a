"""Animations: one drawing after another in a GIF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matplotlib import rc_context
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.axes import Axes

from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.style import STYLE, figure_of
from ptrnet_suite.runtime.files import atomic_write

PAPER = "#ffffff"
"""Behind an animation: a GIF knows no half-transparent points."""

HOLD = 2
"""Seconds for which the last drawing stands before the first one comes again."""


def write_animation(
    draw: Callable[[int, Axes | None], Axes], frames: int, path: Path | str, speed: float = 2
) -> Path:
    """Writes a GIF of `draw(0, ax)` to `draw(frames - 1, ax)`, `speed` of them a second.

    `draw(0, None)` makes the axes and so sets the size. Raises InputError for another suffix than
    .gif, and where there is nothing to draw.
    """
    path = Path(path)
    if path.suffix.lower() != ".gif":
        raise InputError(f"an animation cannot be written to {path}: the suffix must be .gif")
    if frames < 1:
        raise InputError("an animation of no steps cannot be drawn; at least one is needed")
    with rc_context(STYLE), atomic_write(path) as temporary:
        ax = draw(0, None)
        figure = figure_of(ax)
        figure.set_facecolor(PAPER)
        # Laid out anew for each drawing, the axes would jump.
        figure.draw_without_rendering()
        figure.set_layout_engine("none")

        def show(frame: int) -> list[Axes]:
            ax.clear()
            return [draw(frame, ax)]

        last = [frames - 1] * round(HOLD * speed)
        animation = FuncAnimation(figure, show, frames=[*range(frames), *last], blit=False)
        writer = PillowWriter(fps=round(speed))
        # On the style's transparent ground every drawing would show through the next one.
        animation.save(temporary, writer=writer, dpi=90, savefig_kwargs={"facecolor": PAPER})
    return path
