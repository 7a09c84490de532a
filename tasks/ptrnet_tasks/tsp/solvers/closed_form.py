"""Paths as closed tours, and directed distances as symmetric ones, which solvers take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.runtime.limits import check_memory
from ptrnet_tasks.tsp.distances import Distances, distances
from ptrnet_tasks.tsp.ends import FREE, Ends

MATRICES = 3
"""Matrices of real numbers that a solver holds at once."""


@final
@dataclass(frozen=True)
class ClosedForm:
    """A problem of closed tours, and how its tours answer the one that was asked.

    measure: its distances; those of a path have one city more, the first one, which joins the ends.
    """

    measure: Distances
    is_open: bool
    start: int
    end: int

    def answer(self, tour: np.ndarray) -> np.ndarray:
        """The tour or path that a closed tour means, in its canonical form.

        A tour begins with its start, else with city 0. Where the way back is as long, a tour goes
        on to the smaller of the two neighbours, and a path with free ends begins with the smaller.
        """
        symmetric = self.measure.symmetric
        if not self.is_open:
            return _begun_at(tour, max(self.start, 0), symmetric)
        path = _begun_at(tour, 0, False)[1:] - 1
        if symmetric and self._is_reversed(path):
            path = path[::-1]
        return self._mended(path)

    def _is_reversed(self, path: np.ndarray) -> bool:
        if self.start != FREE:
            return bool(path[0] != self.start)
        return bool(path[-1] != self.end) if self.end != FREE else bool(path[0] > path[-1])

    def _mended(self, path: np.ndarray) -> np.ndarray:
        """The path with its ends in their places, where a heuristic has left them elsewhere."""
        if self.start != FREE and path[0] != self.start:
            path = np.r_[self.start, path[path != self.start]]
        if self.end != FREE and path[-1] != self.end:
            path = np.r_[path[path != self.end], self.end]
        return path


def closed_forms(instances: Instances, ends: Ends) -> list[ClosedForm]:
    """The closed form of each instance; raises InputError for one too large for a matrix."""
    cities = ends.cities(instances)
    return [
        _closed_form(distances(instances, index), ends.open, *pair)
        for index, pair in enumerate(cities.tolist())
    ]


def _closed_form(measure: Distances, is_open: bool, start: int, end: int) -> ClosedForm:
    if is_open:
        measure = Distances("EXPLICIT", with_joint(measure.matrix(), start, end))
    return ClosedForm(measure, is_open, start, end)


def check_matrices(instances: Instances) -> None:
    """Raises InputError where memory is too small for the distances of an instance's cities."""
    sizes = instances.sizes()
    row = int(sizes.argmax())
    title = f"solving {instances.title(row)} by the distances of all its {sizes[row]:,} cities"
    check_memory(8.0 * MATRICES * int(sizes[row]) ** 2, title)


def with_joint(matrix: np.ndarray, start: int, end: int) -> np.ndarray:
    """Distances with a city more, so that closed tours are paths: `(n, n)` -> `(1 + n, 1 + n)`.

    It lies between the end and the start, at no distance from a fixed one and far from all other
    cities. A path that has a wrong end grows by at most twice the longest distance when the right
    one is moved there, so three times that are far enough: the shortest tour is the shortest path.
    With free ends all cities are as far from it as the longest distance, which no tour can save
    and which keeps the triangle inequality.
    """
    size, longest = len(matrix), matrix.max() or 1
    joined = np.zeros((size + 1, size + 1), matrix.dtype)
    joined[1:, 1:] = matrix
    first, last = ([] if city == FREE else [city] for city in (start, end))
    if (matrix == matrix.T).all():
        first = last = first + last
    joined[0, 1:] = _from_joint(size, first, longest)
    joined[1:, 0] = _from_joint(size, last, longest)
    return joined


def _from_joint(size: int, fixed: list[int], longest: float) -> np.ndarray:
    """Distances of all cities from the one that joins the ends."""
    apart = np.full(size, 3 * longest if fixed else longest)
    apart[fixed] = 0
    return apart


def _begun_at(tour: np.ndarray, city: int, symmetric: bool) -> np.ndarray:
    """A closed tour from that city on, where it may be turned round to its smaller neighbour."""
    begun = np.roll(tour, -int(np.flatnonzero(tour == city)[0]))
    turns = symmetric and begun[1] > begun[-1]
    return np.r_[begun[:1], begun[:0:-1]] if turns else begun
