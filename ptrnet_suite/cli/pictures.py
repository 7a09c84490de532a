"""Instances and their answers side by side in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.task.base import Task

MOST = 12
"""Most instances drawn in one picture; further ones are left out."""


def draw_instances(
    task: Task, instances: Instances, answers: Sequence[Any] | None, path: Path
) -> None:
    """Draws the first instances: the answers beside the solutions, or the solutions alone."""
    from ptrnet_suite.data.instances import accepted_answers
    from ptrnet_suite.reporting.answers import plot_answer
    from ptrnet_suite.reporting.style import save, side_by_side

    def draw(index: int, ax: Axes | None) -> Axes:
        known = None if instances.solutions is None else instances.solutions[index]
        if answers is not None:
            return plot_answer(task, instances, index, answers[index], known, ax)
        return plot_answer(task, instances, index, accepted_answers(instances, index)[0], None, ax)

    save(side_by_side(draw, min(MOST, len(instances))), path)
