"""One instance of a TSPLIB 95 file, with what stands beside the file."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.runtime.limits import check_count, excerpt, whole_number
from ptrnet_tasks.points.content import Content
from ptrnet_tasks.points.files import SOLVER_COLUMN
from ptrnet_tasks.points.geography import check_degrees, on_map
from ptrnet_tasks.points.point_set import DEGREES, LABELS
from ptrnet_tasks.tsp.distances import EXPLICIT, TSPLIB_RULES, Distances, degrees
from ptrnet_tasks.tsp.matrices import FORMATS, count_of, unfold
from ptrnet_tasks.tsp.rounding import rounding_note
from ptrnet_tasks.tsp.tsplib.document import Document
from ptrnet_tasks.tsp.tsplib.tours import check_comment, optimum_beside, read_tour, tour_beside

TYPES = ("TSP", "ATSP")

LARGEST = 1e15
"""Largest coordinate; lengths of tours are then still exact integers of 64 bits."""


def read_tsplib(content: Content) -> Instances:
    """One instance, `inputs[0]` `(n, 2)`, or `(n, 0)` where the file has no coordinates.

    columns: `distances` under TSPLIB's rounding, directed ones of an ATSP, too; `labels`, the
    cities' numbers; `display (n, 2)` or None, positions for a picture; `degrees` of GEO cities;
    `length`, where a table `solutions.txt` beside the file tells the optimum; `solver`, the name of
    a tour's file that does not say that it is optimal. The tour beside the file, see `tour_beside`,
    is the solution.

    What a model sees is a picture of the cities where their distances are others: a map of GEO
    cities, the two principal axes of cities in space, the display positions of EXPLICIT distances.

    Raises InputError naming the file and what it lacks.
    """
    parsed = _Cities(content)
    measure, points, display = parsed.distances(), parsed.points(), parsed.display()
    path, name = content.path, content.name.stem
    columns: dict[str, object] = {"distances": [measure], "display": [display]}
    if parsed.numbers is not None:
        columns[LABELS] = [[str(number) for number in parsed.numbers]]
    if measure.rule == "GEO":
        columns[DEGREES] = [degrees(measure.data)]
    optimum = optimum_beside(path, name)
    if optimum is not None:
        columns["length"] = np.array([optimum])
    notes, tours = [rounding_note(measure)], None
    if measure.rule == EXPLICIT and points.shape[1]:
        notes.append(
            "a model sees the cities where they are displayed; lengths are by the distances that "
            "the file gives"
        )
    beside = tour_beside(path, name)
    if beside is not None:
        tour = read_tour(beside, parsed.numbers_or_positions())
        tours = [tour.cities]
        notes.append(check_comment(tour, measure.along(tour.cities)))
        if not tour.proved:
            columns[SOLVER_COLUMN] = np.array([beside.name])
    told = tuple(note for note in notes if note)
    return Instances([points], tours, [name], columns, str(path), told)


@final
class _Table(NamedTuple):
    """numbers: what a section calls its cities, ascending; coordinates: theirs, `(n, axes)`."""

    numbers: np.ndarray
    coordinates: np.ndarray


@final
class _Cities:
    """Distances and positions of the cities of one file, checked against each other."""

    def __init__(self, content: Content) -> None:
        self.document = Document(content)
        self.size = self._size()
        self.kind = self.document.upper("TYPE", "TSP")
        self.rule = self.document.upper("EDGE_WEIGHT_TYPE")
        self._refuse()
        self.nodes = self._table("NODE_COORD_SECTION")
        self.displayed = self._table("DISPLAY_DATA_SECTION")
        tables = [table for table in (self.nodes, self.displayed) if table is not None]
        self.numbers = tables[0].numbers if tables else None
        if len(tables) == 2 and (tables[0].numbers != tables[1].numbers).any():
            self.document.fail("numbers the cities in DISPLAY_DATA_SECTION in another way")

    def numbers_or_positions(self) -> np.ndarray:
        """What tours call the cities, `(n,)`: from 1 on where the file does not number them."""
        return np.arange(1, self.size + 1) if self.numbers is None else self.numbers

    def _size(self) -> int:
        text = self.document.header.get("DIMENSION", "")
        try:
            size = whole_number(text)
        except ValueError:
            size = 0
        if size < 1:
            self.document.fail(
                f"is not a TSPLIB file: its DIMENSION is {excerpt(text)}, not a positive integer"
            )
        return size

    def _refuse(self) -> None:
        document = self.document
        if self.kind == "TOUR":
            document.fail("holds a tour; accepted is its instance, beside which the tour is found")
        if self.kind not in TYPES:
            document.fail(
                f"has the TYPE {self.kind or 'left empty'}; accepted: TSP (symmetric), "
                "ATSP (asymmetric)"
            )
        if self.rule not in TSPLIB_RULES and self.rule != EXPLICIT:
            names = ", ".join([*TSPLIB_RULES, EXPLICIT])
            document.fail(f"has the EDGE_WEIGHT_TYPE {excerpt(self.rule)}; accepted: {names}")
        if any(number >= 0 for number in document.sections.get("FIXED_EDGES_SECTION", ())):
            document.fail("has FIXED_EDGES, which no solver here respects")

    def _table(self, section: str) -> _Table | None:
        """The section's cities in the order of their numbers, or None without that section."""
        document, size = self.document, self.size
        if section not in document.sections:
            return None
        axes = 3 if section.startswith("NODE") and self._in_space() else 2
        expected = (1 + axes) * size
        values = document.numbers(section, expected)
        if len(values) != expected:
            names = "number, x, y and z" if axes == 3 else "number, x and y"
            document.fail(
                f"has {len(values)} numbers in {section}; {size} cities need {expected}: {names} "
                "of each"
            )
        rows = values.reshape(size, 1 + axes)
        if not np.isfinite(rows).all():
            document.fail(f"has a coordinate in {section} that is NaN or infinite")
        if (np.abs(rows) > LARGEST).any():
            document.fail(f"has a number in {section} beyond {LARGEST:g}, the largest accepted")
        rows = rows[np.argsort(rows[:, 0], kind="stable")]
        numbers = rows[:, 0]
        if (numbers != np.trunc(numbers)).any():
            document.fail(f"does not number the cities in {section} by integers")
        if (np.diff(numbers) == 0).any():
            twice = int(numbers[1:][np.diff(numbers) == 0][0])
            document.fail(f"numbers two cities in {section} {twice}; each needs its own number")
        return _Table(numbers.astype(np.int64), rows[:, 1:])

    def _in_space(self) -> bool:
        told = self.document.upper("NODE_COORD_TYPE")
        return self.rule.endswith("_3D") or told == "THREED_COORDS"

    def distances(self) -> Distances:
        if self.rule == EXPLICIT:
            return Distances(EXPLICIT, self._matrix())
        if self.nodes is None:
            self.document.fail(f"has no NODE_COORD_SECTION, which {self.rule} needs")
        if self._in_space() and not self.rule.endswith("_3D"):
            self.document.fail(
                f"has cities in space (THREED_COORDS), which {self.rule} does not measure; "
                f"accepted: {', '.join(rule for rule in TSPLIB_RULES if rule.endswith('_3D'))}"
            )
        if self.rule == "GEO":
            check_degrees(degrees(self.nodes.coordinates), str(self.document.path))
        return Distances(self.rule, self.nodes.coordinates)

    def _matrix(self) -> np.ndarray:
        document, layout = self.document, self.document.upper("EDGE_WEIGHT_FORMAT")
        if layout not in FORMATS:
            names = ", ".join(FORMATS)
            document.fail(f"has the EDGE_WEIGHT_FORMAT {layout!r}; accepted: {names}")
        if "EDGE_WEIGHT_SECTION" not in document.sections:
            document.fail("has no EDGE_WEIGHT_SECTION, which EXPLICIT needs")
        numbers = document.numbers("EDGE_WEIGHT_SECTION", count_of(self.size, layout))
        try:
            # The count first: a few bytes may say that there are millions of cities.
            if len(numbers) == count_of(self.size, layout):
                check_count(self.size**2, f"{document.path}, a matrix of {self.size:,} cities,")
            return unfold(numbers, self.size, layout, directed=self.kind == "ATSP")
        except ValueError as error:
            document.fail(f"has a bad EDGE_WEIGHT_SECTION: {error}")

    def points(self) -> np.ndarray:
        """What a model sees, `(n, 2)`, or `(n, 0)`."""
        shown = self.nodes or (self.displayed if self.rule == EXPLICIT else None)
        if shown is None:
            return np.empty((self.size, 0))
        if self.rule == "GEO":
            return on_map(degrees(shown.coordinates))
        return principal_plane(shown.coordinates)

    def display(self) -> np.ndarray | None:
        return None if self.displayed is None else self.displayed.coordinates


def principal_plane(points: np.ndarray) -> np.ndarray:
    """Points of space seen along the direction of their least spread: `(n, 3)` -> `(n, 2)`.

    Their two principal axes; points of the plane are as they are.
    """
    if points.shape[1] == 2:
        return points
    if np.ptp(points[:, 2]) == 0:
        return points[:, :2]
    centred = points - points.mean(0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    # Without this the signs, and so mirror images, would be the library's choice.
    axes *= np.sign(axes[np.arange(2), np.abs(axes).argmax(1)])[:, None]
    return np.asarray(centred @ axes.T)
