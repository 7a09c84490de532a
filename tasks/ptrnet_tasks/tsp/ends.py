"""Where a tour shall begin and end, and whether it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.points.point_set import LABELS
from ptrnet_tasks.tsp.distances import distances, is_tour, tour_lengths

City = int | str
"""A city by its name where it has one, or by its index from 0 on, as tours print it."""

CLOSED_TAG = "closed tour"

FREE = -1
"""The index of an end that may be any city."""


@final
@dataclass(frozen=True)
class Ends:
    """What is asked for: a closed tour, or a path through all cities from `start` to `end`.

    A closed tour that has a start is only written from there on; an end makes it a path. Ends that
    are not given are free. Raises InputError for what is no city.
    """

    open: bool = False
    start: City | None = None
    end: City | None = None

    def __post_init__(self) -> None:
        for city in (self.start, self.end):
            whole = isinstance(city, int | np.integer) and not isinstance(city, bool) and city >= 0
            if city is not None and not whole and not isinstance(city, str):
                raise InputError(
                    f"{city!r} is no city; accepted are its name, or its index from 0 on"
                )
        if self.end is not None:
            object.__setattr__(self, "open", True)

    @property
    def fixed(self) -> int:
        """How many ends of a path are fixed; 0 of a closed tour."""
        return ((self.start is not None) + (self.end is not None)) if self.open else 0

    def cities(self, instances: Instances) -> np.ndarray:
        """Index of the start and of the end in each instance, `(count, 2)`, `FREE` where free.

        Raises InputError for a city that an instance does not have, and for a path from a city to
        itself.
        """
        pairs = [
            [FREE if city is None else _index(city, instances, row) for city in self._asked()]
            for row in range(len(instances))
        ]
        indices = np.array(pairs, np.int64).reshape(-1, 2)
        same = np.flatnonzero((indices[:, 0] == indices[:, 1]) & (indices[:, 0] != FREE))
        if len(same):
            raise InputError(
                f"{instances.title(int(same[0]))}: a path cannot begin and end in the same city, "
                f"{self.start!r}; give another end, or leave it out for a closed tour"
            )
        return indices

    def answered_by(self, instances: Instances) -> bool:
        """Whether known solutions and lengths are those of what is asked for."""
        tags = instances.columns.get(ASKED, np.full(len(instances), CLOSED_TAG))
        return bool((np.asarray(tags) == self.tags(instances)).all())

    def tags(self, instances: Instances) -> np.ndarray:
        """For each instance, words that tell the answers asked for from others, `(count,)`."""
        if not self.open:
            return np.full(len(instances), CLOSED_TAG)
        return np.array([f"path {start} {end}" for start, end in self.cities(instances).tolist()])

    def lengths(self, instances: Instances, answers: Sequence[Any] | np.ndarray) -> np.ndarray:
        """Length of each answer, `(count,)`; NaN where it is not what was asked for."""
        if not self.open:
            return tour_lengths(instances, answers)
        cities = self.cities(instances)
        return np.array(
            [
                distances(instances, index).along(np.asarray(answer), closed=False)
                if _is_path(answer, size, *cities[index])
                else np.nan
                for index, (answer, size) in enumerate(zip(answers, instances.sizes(), strict=True))
            ]
        )

    def _asked(self) -> tuple[City | None, City | None]:
        return self.start, self.end


ASKED = "asked"
"""Column of the `tags` of what solutions answer; solutions without one are closed tours."""

CLOSED = Ends()
"""A closed tour, which may be written from any city on."""


def _index(city: City, instances: Instances, row: int) -> int:
    """A city's index in one instance; raises InputError."""
    size = int(instances.sizes()[row])
    names = city_names(instances, row)
    if isinstance(city, str) and names is not None and city in names:
        return names.index(city)
    index = int(city) if str(city).isdecimal() else FREE
    if not 0 <= index < size:
        known = "" if names is None else ", and names such as " + repr(names[0])
        raise InputError(
            f"{instances.title(row)} has no city {city!r}; accepted are 0 to {size - 1}{known}"
        )
    return index


def city_names(instances: Instances, row: int) -> list[str] | None:
    """The names of the cities of one instance, or None where they have none."""
    column = instances.columns.get(LABELS)
    names = None if column is None else column[row]
    return None if names is None else [str(name) for name in names]


def _is_path(answer: Any, size: int, start: int, end: int) -> bool:
    """Whether an answer visits each city once, and begins and ends where it should."""
    path = np.asarray(answer)
    return is_tour(path, size) and start in (FREE, path[0]) and end in (FREE, path[-1])
