"""Instances and their answers side by side in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ptrnet_suite.data import Instances
    from ptrnet_suite.task import Task

MOST = 12
"""Most instances drawn in one picture; further ones are left out."""

WIDEST = 16.0
"""Inches of a picture at most; drawings side by side are shrunk to that."""


def draw_instances(
    task: Task, instances: Instances, answers: Sequence[Any] | None, path: Path
) -> None:
    """Draws the first instances: the answers beside the solutions, or the solutions alone."""
    from ptrnet_suite.plotting import new_figure, save

    def draw(index: int, ax: Axes | None) -> Axes:
        known = None if instances.solutions is None else instances.solutions[index]
        answer, reference = (_one(known), None) if answers is None else (answers[index], known)
        return task.plot(instances, index, answer, reference, ax)

    count = min(MOST, len(instances))
    # Alone, a drawing has the size that the task gives it; that is the measure of the others.
    alone = draw(0, None).get_figure(root=True)
    assert alone is not None
    if count == 1:
        save(alone, path)
        return
    columns = 2 if count in (2, 4) else 3
    rows = -(-count // columns)
    width, height = alone.get_size_inches() * min(1.0, WIDEST / columns / alone.get_figwidth())
    figure, axes = new_figure(rows, columns, width * columns, height * rows)
    for index, ax in enumerate(axes.flat):
        if index < count:
            draw(index, ax)
        else:
            ax.set_axis_off()
    save(figure, path)


def _one(known: Any) -> Any:
    """The first of several accepted texts, or the one solution there is."""
    several = isinstance(known, list | tuple) and known and isinstance(known[0], str)
    return known[0] if several else known
