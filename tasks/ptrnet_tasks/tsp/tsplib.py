"""TSPLIB 95 files (Reinelt): symmetric instances, tours, tables of optima."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.tsp.distances import EUCLIDEAN, RULES, Distances, degrees, distances, is_tour
from ptrnet_tasks.tsp.matrices import FORMATS, unfold


def read_tsplib(path: Path) -> Instances:
    """One instance, `inputs[0]` `(n, 2)`, or `(n, 0)` where the file has no coordinates.

    columns: `distances` under TSPLIB's rounding; `display (n, 2)` or None, positions for a picture;
    `length`, where a table `solutions.txt` beside the file tells the optimum. The tour in
    `NAME.opt.tour` beside the file, or in the folder `opt` beside it, is the solution. GEO inputs
    are projected (longitude times the cosine of the mean latitude, latitude; degrees), so that a
    picture and a model see the usual map.

    Raises InputError naming the file and what it lacks.
    """
    parsed = _Parser(path)
    measure, points, display = parsed.distances(), parsed.points(), parsed.display()
    size = len(measure.data)
    columns: dict[str, object] = {"distances": [measure], "display": [display]}
    optimum = _optimum(path)
    if optimum is not None:
        columns["length"] = np.array([optimum])
    tour_file = _tour_file(path)
    tours = None if tour_file is None else [read_tour(tour_file, size)]
    return Instances([points], tours, [path.stem], columns, str(path))


def read_tour(path: Path, size: int) -> np.ndarray:
    """The open tour `(size,)`, counted from 0, of a `.tour` file. Raises InputError."""
    text = path.read_text(encoding="latin-1")
    _, keyword, section = text.partition("TOUR_SECTION")
    if not keyword:
        raise InputError(f"{path} has no TOUR_SECTION")
    try:
        # Some published files leave out the closing -1.
        cities = [int(word) for word in section.replace("EOF", " ").split()]
    except ValueError as error:
        raise InputError(f"{path} has a city that is not an integer: {error}") from None
    if -1 in cities:
        cities = cities[: cities.index(-1)]
    tour = np.array(cities, np.int64) - 1
    if not is_tour(tour, size):
        raise InputError(f"{path} is not a tour of the {size} cities, each exactly once")
    return tour


def write_tsplib(instances: Instances, path: Path, name: str) -> None:
    """Writes a single instance; known distances as they are, else points under EUC_2D.

    TSPLIB rounds EUC_2D lengths to integers, so points that span less than 1,000 are multiplied by
    a power of ten, which the file's COMMENT tells. Raises InputError for more than one instance.
    """
    if len(instances) != 1:
        raise InputError(
            f"{name}.tsp can hold one instance, not {len(instances)}; use .txt or .npz"
        )
    measure, points = distances(instances, 0), np.asarray(instances.inputs[0])
    header = [f"NAME: {name}", "TYPE: TSP", f"DIMENSION: {len(measure.data)}"]
    if measure.rule == "EXPLICIT":
        rows = [" ".join(map(str, row)) for row in measure.data.tolist()]
        header += ["EDGE_WEIGHT_TYPE: EXPLICIT", "EDGE_WEIGHT_FORMAT: FULL_MATRIX"]
        lines = [*header, "EDGE_WEIGHT_SECTION", *rows]
    else:
        rule, coordinates = measure.rule, measure.data
        if rule == EUCLIDEAN:
            rule, power = "EUC_2D", _power_of_ten(points)
            coordinates = points.astype(float) * power
            header += [f"COMMENT: coordinates multiplied by {power:.0f}"] if power > 1 else []
        nodes = [f"{city} {x!r} {y!r}" for city, (x, y) in enumerate(coordinates.tolist(), 1)]
        lines = [*header, f"EDGE_WEIGHT_TYPE: {rule}", "NODE_COORD_SECTION", *nodes]
    path.write_text("\n".join([*lines, "EOF", ""]), encoding="utf-8")


@final
class _Parser:
    """Header entries and sections of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: dict[str, str] = {}
        self.sections: dict[str, list[str]] = {}
        section: list[str] | None = None
        for line in path.read_text(encoding="latin-1").splitlines():
            words = line.strip()
            if words == "EOF":
                break
            if re.match(r"[A-Z_]+_SECTION", words):
                section = self.sections.setdefault(words.split()[0].rstrip(":"), [])
            elif section is None and ":" in words:
                key, _, value = words.partition(":")
                self.header[key.strip()] = value.strip()
            elif section is not None:
                section.extend(words.split())
            elif words:
                self.fail(
                    f"has the line {words[:40]!r}, which is neither 'KEY: value' nor a section"
                )
        self.size = self._size()
        self.rule = self.header.get("EDGE_WEIGHT_TYPE", "")
        self._refuse()

    def fail(self, problem: str) -> NoReturn:
        raise InputError(f"{self.path} {problem}")

    def _size(self) -> int:
        text = self.header.get("DIMENSION", "")
        if not text.isdigit() or int(text) < 1:
            self.fail(f"is not a TSPLIB file: its DIMENSION is {text!r}, not a positive integer")
        return int(text)

    def _refuse(self) -> None:
        kind = self.header.get("TYPE", "TSP").split()[:1]
        if kind != ["TSP"]:
            self.fail(f"has the TYPE {''.join(kind) or 'left empty'}; accepted: TSP (symmetric)")
        if self.rule not in RULES or self.rule == EUCLIDEAN:
            accepted = [rule for rule in RULES if rule != EUCLIDEAN]
            if self.rule != "EXPLICIT":
                names = ", ".join([*accepted, "EXPLICIT"])
                self.fail(f"has the EDGE_WEIGHT_TYPE {self.rule!r}; accepted: {names}")
        if "FIXED_EDGES_SECTION" in self.sections:
            self.fail("has FIXED_EDGES, which no solver here respects")

    def numbers(self, section: str) -> np.ndarray:
        try:
            return np.array([float(word) for word in self.sections[section]])
        except ValueError as error:
            self.fail(f"has a value in {section} that is not a number: {error}")

    def coordinates(self, section: str) -> np.ndarray | None:
        """`(n, 2)` in the order of the cities' numbers, or None without that section."""
        if section not in self.sections:
            return None
        numbers = self.numbers(section)
        if len(numbers) != 3 * self.size:
            self.fail(
                f"has {len(numbers)} numbers in {section}; {self.size} cities need"
                f" {3 * self.size}: number, x and y of each"
            )
        table = numbers.reshape(self.size, 3)
        order = np.argsort(table[:, 0], kind="stable")
        if (table[order, 0] != np.arange(1, self.size + 1)).any():
            self.fail(f"does not number the cities in {section} from 1 to {self.size}")
        if not np.isfinite(table).all():
            self.fail(f"has a coordinate in {section} that is NaN or infinite")
        return table[order, 1:]

    def distances(self) -> Distances:
        if self.rule == "EXPLICIT":
            return Distances("EXPLICIT", self._matrix())
        coordinates = self.coordinates("NODE_COORD_SECTION")
        if coordinates is None:
            self.fail(f"has no NODE_COORD_SECTION, which {self.rule} needs")
        return Distances(self.rule, coordinates)

    def _matrix(self) -> np.ndarray:
        layout = self.header.get("EDGE_WEIGHT_FORMAT", "")
        if layout not in FORMATS:
            names = ", ".join(FORMATS)
            self.fail(f"has the EDGE_WEIGHT_FORMAT {layout!r}; accepted: {names}")
        if "EDGE_WEIGHT_SECTION" not in self.sections:
            self.fail("has no EDGE_WEIGHT_SECTION, which EXPLICIT needs")
        try:
            return unfold(self.numbers("EDGE_WEIGHT_SECTION"), self.size, layout)
        except ValueError as error:
            self.fail(f"has a bad EDGE_WEIGHT_SECTION: {error}")

    def points(self) -> np.ndarray:
        coordinates = self.coordinates("NODE_COORD_SECTION")
        if coordinates is None:
            return np.empty((self.size, 0))
        return _projected(coordinates) if self.rule == "GEO" else coordinates

    def display(self) -> np.ndarray | None:
        return self.coordinates("DISPLAY_DATA_SECTION")


def _projected(coordinates: np.ndarray) -> np.ndarray:
    latitude, longitude = degrees(coordinates).T
    return np.stack([longitude * np.cos(np.radians(latitude.mean())), latitude], -1)


def _power_of_ten(points: np.ndarray) -> float:
    """What makes points span a million when they span less than a thousand."""
    span = float(np.ptp(points, axis=0).max())
    return 10.0 ** np.ceil(6 - np.log10(span)) if 0 < span < 1000 else 1.0


def _tour_file(path: Path) -> Path | None:
    name = path.stem + ".opt.tour"
    candidates = (path.with_name(name), path.parent / "opt" / name)
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _optimum(path: Path) -> float | None:
    """From a table of lines `name : length` named `solutions`, as TSPLIB's collections have."""
    for table in (path.with_name("solutions.txt"), path.with_name("solutions")):
        if table.is_file():
            text = table.read_text(encoding="latin-1")
            entry = re.search(rf"^{re.escape(path.stem)}\s*:\s*(\d+)", text, re.MULTILINE)
            if entry:
                return float(entry[1])
    return None
