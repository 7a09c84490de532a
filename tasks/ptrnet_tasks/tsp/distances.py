"""What a tour costs: Euclidean, great-circle, rounded as TSPLIB says, or as a matrix says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.runtime.limits import check_count
from ptrnet_tasks.points.geography import great_circle

Rule = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _euclidean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    difference = first.astype(float) - second
    length = np.hypot(difference[..., 0], difference[..., 1])
    return np.hypot(length, difference[..., 2]) if difference.shape[-1] == 3 else length


def _manhattan(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.abs(first.astype(float) - second).sum(-1)


def _maximum(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(first.astype(float) - second).max(-1))


def _pseudo_euclidean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return _euclidean(first, second) / np.sqrt(10.0)


def _geographical(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    (latitude, longitude), (to_latitude, to_longitude) = _radians(first), _radians(second)
    q1 = np.cos(longitude - to_longitude)
    q2 = np.cos(latitude - to_latitude)
    q3 = np.cos(latitude + to_latitude)
    angle = np.arccos(np.clip(0.5 * ((1 + q1) * q2 - (1 - q1) * q3), -1, 1))
    return np.asarray(6378.388 * angle)


def degrees(coordinates: np.ndarray) -> np.ndarray:
    """TSPLIB's DDD.MM (degrees and minutes) as decimal degrees."""
    whole = np.trunc(coordinates)
    return np.asarray(whole + 5.0 * (coordinates - whole) / 3.0)


def _radians(coordinates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # TSPLIB fixes this value of pi, and published optima depend on it.
    angles = 3.141592 * degrees(coordinates) / 180.0
    return angles[..., 0], angles[..., 1]


def _nearest(lengths: np.ndarray) -> np.ndarray:
    return np.floor(lengths + 0.5)


def _truncated_after_one(lengths: np.ndarray) -> np.ndarray:
    # So TSPLIB has it: cities in one place are one kilometre apart.
    return np.floor(lengths + 1.0)


EUCLIDEAN = "EUCLIDEAN"
GREAT_CIRCLE = "GREAT_CIRCLE"
EXPLICIT = "EXPLICIT"
RULES: dict[str, Rule] = {EUCLIDEAN: _euclidean, GREAT_CIRCLE: great_circle}
"""Real distances: of coordinates `(n, 2)`, and kilometres of latitudes and longitudes."""

TSPLIB_RULES: dict[str, tuple[Rule, Callable[[np.ndarray], np.ndarray]]] = {
    "EUC_2D": (_euclidean, _nearest),
    "EUC_3D": (_euclidean, _nearest),
    "CEIL_2D": (_euclidean, np.ceil),
    "MAN_2D": (_manhattan, _nearest),
    "MAN_3D": (_manhattan, _nearest),
    "MAX_2D": (_maximum, _nearest),
    "MAX_3D": (_maximum, _nearest),
    "ATT": (_pseudo_euclidean, np.ceil),
    "GEO": (_geographical, _truncated_after_one),
}
"""Distances of TSPLIB 95 (section 2) between coordinates, and how each makes integers of them."""


_PAIRS_AT_ONCE = 2**22


@final
@dataclass(frozen=True)
class Distances:
    """Distances between the cities of one instance.

    rule: a name in `RULES` or `TSPLIB_RULES`, or `EXPLICIT`. data: coordinates `(n, 2)` or `(n, 3)`
    for a rule, the matrix `(n, n)` for `EXPLICIT`, rows being where a way begins. A rule keeps
    large instances small: no matrix until asked for. rounded: whether TSPLIB's rules give integers,
    as they should.
    """

    rule: str
    data: np.ndarray
    rounded: bool = True

    @property
    def integer(self) -> bool:
        """Whether lengths are integers, so that equal lengths are exactly equal."""
        if self.rule == EXPLICIT:
            return self.data.dtype.kind in "iu"
        return self.rule in TSPLIB_RULES and self.rounded

    @property
    def symmetric(self) -> bool:
        """Whether every way is as long as the way back."""
        return self.rule != EXPLICIT or bool((self.data == self.data.T).all())

    def unrounded(self) -> Distances:
        """The same distances in real numbers, where a rule rounds them."""
        return replace(self, rounded=False)

    @property
    def size(self) -> int:
        """Number of cities."""
        return len(self.data)

    def between(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Distances of pairs of cities; the two index arrays broadcast."""
        if self.rule == EXPLICIT:
            return np.asarray(self.data[first, second])
        if self.rule in RULES:
            return RULES[self.rule](self.data[first], self.data[second])
        measure, rounding = TSPLIB_RULES[self.rule]
        lengths = measure(self.data[first], self.data[second])
        return rounding(lengths).astype(np.int64) if self.rounded else lengths

    def matrix(self) -> np.ndarray:
        """All distances, `(n, n)`, zero on the diagonal; raises InputError for more than memory."""
        cities = np.arange(self.size)
        check_count(self.size**2, f"the matrix of the distances of {self.size:,} cities")
        # What is made on the way takes seven times as much as the distances.
        step = max(1, _PAIRS_AT_ONCE // max(1, self.size))
        matrix = np.empty((self.size, self.size), self.between(cities[:1], cities[:1]).dtype)
        for start in range(0, self.size, step):
            rows = slice(start, start + step)
            matrix[rows] = self.between(cities[rows, None], cities[None, :])
        np.fill_diagonal(matrix, 0)
        return matrix

    def along(self, tour: np.ndarray, closed: bool = True) -> float:
        """Length of a closed tour in its direction, or of a path from first to last."""
        following = np.roll(tour, -1)
        if not closed:
            tour, following = tour[:-1], following[:-1]
        return float(self.between(tour, following).sum())


def distances(instances: Instances, index: int) -> Distances:
    """Distances of one instance: its column `distances`, else Euclidean between its points."""
    column = instances.columns.get("distances")
    if column is not None and column[index] is not None:
        known = column[index]
        return known if isinstance(known, Distances) else Distances(EXPLICIT, _matrix(known))
    return Distances(EUCLIDEAN, np.asarray(instances.inputs[index]))


def _matrix(known: Any) -> np.ndarray:
    """A matrix of whole or real numbers of 64 bits, whose sums cannot overflow."""
    matrix = np.asarray(known)
    return matrix.astype(np.int64 if matrix.dtype.kind in "iub" else np.float64, copy=False)


def is_tour(tour: Any, size: int) -> bool:
    """Whether `tour` visits each of `size` cities exactly once."""
    order = np.asarray(tour)
    return order.shape == (size,) and bool((np.sort(order) == np.arange(size)).all())


def tour_lengths(instances: Instances, tours: Sequence[Any] | np.ndarray) -> np.ndarray:
    """Length of each closed tour, `(count,)`; NaN where it is not a tour."""
    sizes = instances.sizes()
    plain = isinstance(instances.inputs, np.ndarray) and "distances" not in instances.columns
    if plain and all(np.shape(tour) == (sizes[0],) for tour in tours):
        return _stacked_lengths(np.asarray(instances.inputs), np.asarray(tours))
    return np.array(
        [
            distances(instances, index).along(np.asarray(tour)) if is_tour(tour, size) else np.nan
            for index, (tour, size) in enumerate(zip(tours, sizes, strict=True))
        ]
    )


def _stacked_lengths(points: np.ndarray, tours: np.ndarray) -> np.ndarray:
    valid = (np.sort(tours, 1) == np.arange(points.shape[1])).all(1)
    safe = np.where(valid[:, None], tours, np.arange(points.shape[1])).astype(np.int64)
    path = np.take_along_axis(points.astype(float), safe[..., None], 1)
    lengths = _euclidean(path, np.roll(path, -1, 1)).sum(1)
    return np.where(valid, lengths, np.nan)


def relative_gap(length: float, known: float) -> float:
    """How much longer than `known` a length is, as a share of it; infinite where that is 0."""
    if known == 0:
        return 0.0 if length == 0 else float("inf")
    return length / known - 1


def shown(length: float) -> str:
    """A length for people: all digits of a whole number, six of another."""
    return f"{length:,.0f}" if float(length).is_integer() else f"{length:,.6g}"
