"""What a tour costs: Euclidean, or rounded as TSPLIB says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances


def _euclidean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    difference = first.astype(float) - second
    return np.hypot(difference[..., 0], difference[..., 1])


def _rounded(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.floor(_euclidean(first, second) + 0.5).astype(np.int64)


def _ceiling(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.ceil(_euclidean(first, second)).astype(np.int64)


def _manhattan(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.floor(np.abs(first.astype(float) - second).sum(-1) + 0.5).astype(np.int64)


def _maximum(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    apart = np.floor(np.abs(first.astype(float) - second) + 0.5)
    return np.asarray(apart.max(-1)).astype(np.int64)


def _pseudo_euclidean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.ceil(_euclidean(first, second) / np.sqrt(10.0)).astype(np.int64)


def _geographical(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    (latitude, longitude), (to_latitude, to_longitude) = _radians(first), _radians(second)
    q1 = np.cos(longitude - to_longitude)
    q2 = np.cos(latitude - to_latitude)
    q3 = np.cos(latitude + to_latitude)
    angle = np.arccos(np.clip(0.5 * ((1 + q1) * q2 - (1 - q1) * q3), -1, 1))
    kilometres = np.floor(6378.388 * angle + 1.0).astype(np.int64)
    # The formula's "+ 1" would put a city one kilometre from itself.
    return np.where((first == second).all(-1), 0, kilometres)


def degrees(coordinates: np.ndarray) -> np.ndarray:
    """TSPLIB's DDD.MM (degrees and minutes) as decimal degrees."""
    whole = np.trunc(coordinates)
    return np.asarray(whole + 5.0 * (coordinates - whole) / 3.0)


def _radians(coordinates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # TSPLIB fixes this value of pi, and published optima depend on it.
    angles = 3.141592 * degrees(coordinates) / 180.0
    return angles[..., 0], angles[..., 1]


EUCLIDEAN = "EUCLIDEAN"
RULES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    EUCLIDEAN: _euclidean,
    "EUC_2D": _rounded,
    "CEIL_2D": _ceiling,
    "MAN_2D": _manhattan,
    "MAX_2D": _maximum,
    "ATT": _pseudo_euclidean,
    "GEO": _geographical,
}
"""Distance rules between coordinates: plain floats, and those of TSPLIB 95 (section 2)."""


@final
@dataclass(frozen=True)
class Distances:
    """Distances between the cities of one instance.

    rule: a name in `RULES`, or `EXPLICIT`. data: coordinates `(n, 2)` for a rule, the symmetric
    matrix `(n, n)` for `EXPLICIT`. A rule keeps large instances small: no matrix until asked for.
    """

    rule: str
    data: np.ndarray

    @property
    def integer(self) -> bool:
        """Whether lengths are integers, so that equal lengths are exactly equal."""
        return self.rule != EUCLIDEAN and (self.rule != "EXPLICIT" or self.data.dtype.kind in "iu")

    def between(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Distances of pairs of cities; the two index arrays broadcast."""
        if self.rule == "EXPLICIT":
            return np.asarray(self.data[first, second])
        return RULES[self.rule](self.data[first], self.data[second])

    def matrix(self) -> np.ndarray:
        """All distances, `(n, n)`, zero on the diagonal."""
        cities = np.arange(len(self.data))
        matrix = self.between(cities[:, None], cities[None, :])
        return np.where(np.eye(len(cities), dtype=bool), 0, matrix)

    def along(self, tour: np.ndarray) -> float:
        """Length of a closed tour."""
        return float(self.between(tour, np.roll(tour, -1)).sum())


def distances(instances: Instances, index: int) -> Distances:
    """Distances of one instance: its column `distances`, else Euclidean between its points."""
    column = instances.columns.get("distances")
    if column is not None and column[index] is not None:
        known = column[index]
        return known if isinstance(known, Distances) else Distances("EXPLICIT", np.asarray(known))
    return Distances(EUCLIDEAN, np.asarray(instances.inputs[index]))


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


def shown(length: float) -> str:
    """A length for people: all digits of a whole number, six of another."""
    return f"{length:,.0f}" if float(length).is_integer() else f"{length:,.6g}"
