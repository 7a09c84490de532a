"""Tours in words and over their cities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.presenter import Presenter
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.tsp.distances import (
    GREAT_CIRCLE,
    distances,
    relative_gap,
    shown,
)
from ptrnet_tasks.tsp.ends import CLOSED, Ends
from ptrnet_tasks.tsp.rounding import real_length
from ptrnet_tasks.tsp.scores import has_reference, reference_lengths
from ptrnet_tasks.tsp.tour_files import labels_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
class TourPresenter(Presenter):
    """Lengths, and gaps where what was asked for is known, or its length."""

    def __init__(self, spec: Spec, ends: Ends = CLOSED) -> None:
        super().__init__(spec)
        self.ends = ends

    @property
    def _noun(self) -> str:
        return "path" if self.ends.open else "tour"

    def describe(self, instances: Instances, index: int, answer: Any) -> str:
        """Length, gap where a solution or length is known, and the tour.

        Cities are called as the file does, else counted from 0.
        """
        instance = instances.subset([index])
        length = float(self.ends.lengths(instance, [answer])[0])
        if np.isnan(length):
            between = " between the ends asked for" if self.ends.fixed else ""
            return f"not a {self._noun}: it does not visit each city exactly once{between}"
        unit = " km" if distances(instance, 0).rule == GREAT_CIRCLE else ""
        text = f"length {shown(length)}{unit}{real_length(instance, 0, answer, self.ends)}"
        if has_reference(instance, self.ends):
            known, name = reference_lengths(instance, self.ends)
            gap = _shown_gap(relative_gap(length, float(known[0])))
            text += f", gap {gap} to {name} ({shown(known[0])}{unit})"
        labels = labels_of(instance, 0)
        named = [labels[city] for city in np.asarray(answer).tolist()]
        between = ", " if any(" " in label for label in named) else " "
        return f"{text}; {self._noun} {between.join(named)}"

    def positions_and_steps(
        self, instances: Instances, index: int, choices: Sequence[int] | np.ndarray
    ) -> tuple[list[str], list[str]]:
        """What the file calls the cities, and those of the choices."""
        labels = labels_of(instances, index)
        return labels, [labels[int(city)] for city in choices]

    def plot(
        self, instances: Instances, index: int, answer: Any, reference: Any, ax: Axes | None
    ) -> Axes:
        """The answer over the reference, under its length and gap.

        Raises InputError for an instance without any coordinates.
        """
        from ptrnet_suite.reporting.answers import draw_in_plane

        points, instance = _drawn_points(instances, index), instances.subset([index])
        length = float(self.ends.lengths(instance, [answer])[0])
        tour = np.empty(0, np.int64) if np.isnan(length) else np.asarray(answer)
        known = None if reference is None else np.asarray(reference)
        name = "" if instance.names is None else f"{instance.names[0]}: "
        title = f"{name}{self._title(instance, length, reference)}"
        names, closed = ("answer", "reference"), not self.ends.open
        return draw_in_plane(points, tour, known, ax, title=title, names=names, closed=closed)

    def _title(self, instance: Instances, length: float, reference: Any) -> str:
        if np.isnan(length):
            return f"not a {self._noun}"
        if reference is None:
            return f"length {shown(length)}"
        known = float(self.ends.lengths(instance, [reference])[0])
        return f"length {shown(length)}, gap {_shown_gap(relative_gap(length, known))}"


def _drawn_points(instances: Instances, index: int) -> np.ndarray:
    """Where to draw the cities: the display positions of the file, else the points."""
    column = instances.columns.get("display")
    displayed = None if column is None else column[index]
    points = np.asarray(instances.inputs[index] if displayed is None else displayed)
    if points.shape[1] != 2:
        raise InputError(f"{instances.source} has no coordinates, so its tour cannot be drawn")
    return points


def _shown_gap(gap: float) -> str:
    """A gap in per cent; rounding below zero gives a plain zero."""
    if gap == float("inf"):
        return "infinite"
    return f"{round(gap, 4) + 0.0:.2%}"
