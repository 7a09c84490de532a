"""Pictures of tours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.tsp.distances import is_tour, shown, tour_lengths
from ptrnet_tasks.tsp.scores import shown_gap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_tour(
    instances: Instances,
    index: int,
    tour: Any,
    reference: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draws a tour over the reference tour (wide, pale) and returns the axes.

    A star marks the start. Raises InputError for an instance without any coordinates.
    """
    from ptrnet_suite.reporting.style import INK, MODEL, POINT, SKY, axes_or_new, bare

    points = _places(instances, index)
    ax = axes_or_new(ax, 5, 5)
    small = max(0.5, min(4.0, 60 / np.sqrt(len(points))) / 4)
    if reference is not None:
        _loop(ax, points, reference, SKY, 5 * small, "reference", 0.55)
    if is_tour(tour, len(points)):
        _loop(ax, points, tour, MODEL, 1.2 * small, "model", 1.0)
    ax.scatter(points[:, 0], points[:, 1], s=14 * small, color=POINT, zorder=3)
    start = points[int(np.asarray(tour)[0])] if len(tour) else points[0]
    ax.scatter(start[0], start[1], s=130 * small, marker="*", color=POINT, zorder=4, label="start")
    bare(ax, _title(instances, index, tour, reference))
    if reference is not None:
        ax.legend(
            loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3, frameon=False, labelcolor=INK
        )
    return ax


def _places(instances: Instances, index: int) -> np.ndarray:
    """Where to draw the cities: the display positions of the file, else the points."""
    column = instances.columns.get("display")
    places = None if column is None else column[index]
    places = np.asarray(instances.inputs[index] if places is None else places)
    if places.shape[1] != 2:
        raise InputError(f"{instances.source} has no coordinates, so its tour cannot be drawn")
    return places


def _loop(
    ax: Axes, points: np.ndarray, tour: Any, color: str, width: float, label: str, alpha: float
) -> None:
    closed = points[np.append(np.asarray(tour), tour[0])]
    ax.plot(
        *closed.T, color=color, linewidth=width, label=label, alpha=alpha, solid_joinstyle="round"
    )


def _title(instances: Instances, index: int, tour: Any, reference: Any) -> str:
    one = instances.subset([index])
    name = "" if one.names is None else f"{one.names[0]}: "
    length = tour_lengths(one, [tour])[0]
    if np.isnan(length):
        return f"{name}not a tour"
    title = f"{name}length {shown(length)}"
    if reference is None:
        return title
    return f"{title}, gap {shown_gap(length / tour_lengths(one, [reference])[0] - 1)}"
