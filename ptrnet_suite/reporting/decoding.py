"""How an answer was made, choice by choice: over points where there are some, else over names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from ptrnet_suite.reporting.animation import write_animation
from ptrnet_suite.reporting.heatmap import draw_bars, heat_map
from ptrnet_suite.reporting.pointer import Pointing, draw_order, draw_pointing
from ptrnet_suite.reporting.style import side_by_side

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.task.base import Task
    from ptrnet_suite.task.presenter import AttentionTrace

Choices = Sequence[int] | np.ndarray


@runtime_checkable
class DrawsSteps(Protocol):
    """A presenter that draws by itself where models look; those of others go by their spec."""

    def plot_attention(
        self,
        instances: Instances,
        index: int,
        choices: Choices,
        trace: AttentionTrace,
        ax: Axes | None,
    ) -> Axes:
        """All steps in one picture."""

    def plot_step(
        self,
        instances: Instances,
        index: int,
        choices: Choices,
        trace: AttentionTrace,
        step: int,
        ax: Axes | None,
    ) -> Axes:
        """The step of that number, counted from 0."""


def pointing_of(
    task: Task, instances: Instances, index: int, choices: Choices, trace: AttentionTrace
) -> Pointing | None:
    """A pointer's choices among points of the plane; None for other tasks."""
    spec = task.spec
    if trace.pointed is None or spec.inputs != "vectors" or spec.features != 2:
        return None
    chosen = np.asarray(choices) - int(spec.ends)
    points = task.by_position(instances.subset([index])).inputs[0]
    return Pointing(np.asarray(points), chosen, trace.pointed, spec.cyclic)


def plot_attention(
    task: Task,
    instances: Instances,
    index: int,
    choices: Choices,
    trace: AttentionTrace,
    ax: Axes | None = None,
) -> Axes:
    """All choices in one picture: the task's own, their order over points, or a heat map."""
    presenter = task.presenter
    if isinstance(presenter, DrawsSteps):
        return presenter.plot_attention(instances, index, choices, trace, ax)
    pointing = pointing_of(task, instances, index, choices, trace)
    if pointing is not None:
        return draw_order(pointing, ax)
    named = presenter.positions_and_steps(task.by_position(instances), index, choices)
    return heat_map(shown(trace), *named, ax, _label(trace))


def plot_step(
    task: Task,
    instances: Instances,
    index: int,
    choices: Choices,
    trace: AttentionTrace,
    step: int,
    ax: Axes | None = None,
) -> Axes:
    """One choice, counted from 0: what was chosen before, and where the model looks or points."""
    presenter = task.presenter
    if isinstance(presenter, DrawsSteps):
        return presenter.plot_step(instances, index, choices, trace, step, ax)
    pointing = pointing_of(task, instances, index, choices, trace)
    if pointing is not None:
        return draw_pointing(pointing, step, ax)
    named = presenter.positions_and_steps(task.by_position(instances), index, choices)
    return draw_bars(shown(trace), *named, step, ax, _label(trace))


def shown(trace: AttentionTrace) -> AttentionTrace:
    """The trace that shows the most: of a pointer its own probabilities, which are the answer."""
    if trace.pointed is None:
        return trace
    return trace._replace(weights=trace.pointed[None], centres=None, window=None)


def _label(trace: AttentionTrace) -> str:
    return "attention" if trace.pointed is None else "probability"


def draw_steps(
    task: Task,
    instances: Instances,
    index: int,
    choices: Choices,
    trace: AttentionTrace,
    count: int,
) -> Figure:
    """The first `count` choices side by side."""
    draw = partial(plot_step, task, instances, index, choices, trace)
    return side_by_side(draw, min(count, len(choices)))


def animate(
    task: Task,
    instances: Instances,
    index: int,
    choices: Choices,
    trace: AttentionTrace,
    path: Path | str,
    speed: float = 2,
) -> Path:
    """Writes a GIF, `speed` choices a second; raises as `write_animation`."""
    draw = partial(plot_step, task, instances, index, choices, trace)
    return write_animation(draw, len(choices), path, speed)
