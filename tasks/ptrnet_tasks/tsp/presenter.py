"""Tours in words and over their cities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.presenter import Presenter
from ptrnet_tasks.tsp.distances import is_tour, shown, tour_lengths
from ptrnet_tasks.tsp.scores import has_reference, reference_lengths

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
class TourPresenter(Presenter):
    """Lengths, and gaps where a tour or a length is known."""

    def describe(self, instances: Instances, index: int, answer: Any) -> str:
        """Length, gap where a solution or length is known, and the cities, counted from 0."""
        instance = instances.subset([index])
        length = float(tour_lengths(instance, [answer])[0])
        if np.isnan(length):
            return "not a tour: it does not visit each city exactly once"
        text = f"length {shown(length)}"
        if has_reference(instance):
            known, name = reference_lengths(instance)
            text += f", gap {_shown_gap(length / known[0] - 1)} to {name} ({shown(known[0])})"
        return f"{text}; tour {' '.join(map(str, np.asarray(answer).tolist()))}"

    def plot(
        self, instances: Instances, index: int, answer: Any, reference: Any, ax: Axes | None
    ) -> Axes:
        """The tour over the reference tour, under its length and gap.

        Raises InputError for an instance without any coordinates.
        """
        from ptrnet_suite.reporting.answers import draw_in_plane

        points, title = _drawn_points(instances, index), _title(instances, index, answer, reference)
        tour = np.asarray(answer) if is_tour(answer, len(points)) else np.empty(0, np.int64)
        known = None if reference is None else np.asarray(reference)
        names = ("model", "reference")
        return draw_in_plane(points, tour, known, ax, title=title, names=names)


def _drawn_points(instances: Instances, index: int) -> np.ndarray:
    """Where to draw the cities: the display positions of the file, else the points."""
    column = instances.columns.get("display")
    displayed = None if column is None else column[index]
    points = np.asarray(instances.inputs[index] if displayed is None else displayed)
    if points.shape[1] != 2:
        raise InputError(f"{instances.source} has no coordinates, so its tour cannot be drawn")
    return points


def _title(instances: Instances, index: int, tour: Any, reference: Any) -> str:
    instance = instances.subset([index])
    name = "" if instance.names is None else f"{instance.names[0]}: "
    length = tour_lengths(instance, [tour])[0]
    if np.isnan(length):
        return f"{name}not a tour"
    title = f"{name}length {shown(length)}"
    if reference is None:
        return title
    return f"{title}, gap {_shown_gap(length / tour_lengths(instance, [reference])[0] - 1)}"


def _shown_gap(gap: float) -> str:
    """A gap in per cent; rounding below zero gives a plain zero."""
    return f"{round(gap, 4) + 0.0:.2%}"
