"""Tours in TSPLIB's form: those beside an instance, which are its reference."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple, final

import numpy as np

from ptrnet_tasks.points.content import read_content
from ptrnet_tasks.tsp.tsplib.document import Document

_LENGTH = re.compile(r"length\s{0,9}[=:]?\s{0,9}([0-9]+(?:\.[0-9]+)?)", re.IGNORECASE)


@final
class FoundTour(NamedTuple):
    """A tour beside an instance.

    cities: positions from 0, `(n,)`. proved: whether its name, `NAME.opt.tour`, says that it is
    optimal. length: what its comment says, or None.
    """

    path: Path
    cities: np.ndarray
    proved: bool
    length: float | None


def read_tour(path: Path, numbers: np.ndarray) -> FoundTour:
    """A tour of the cities with these numbers, closed by a -1, by the end, or by another section.

    numbers: `(n,)`, as the instance's file has them; a tour of other numbers may count them from 1,
    as LKH does, or from 0. Raises InputError.
    """
    document = Document(read_content(path))
    if "TOUR_SECTION" not in document.sections:
        document.fail("has no TOUR_SECTION")
    cities = np.array(document.sections["TOUR_SECTION"])
    # Some published files leave out the closing -1, others have two.
    ends = np.flatnonzero(~(cities >= 0))
    cities = cities[: ends[0]] if len(ends) else cities
    size = len(numbers)
    for first in (numbers, np.arange(1, size + 1), np.arange(size)):
        order = np.argsort(first)
        if len(cities) == size and (np.sort(cities) == first[order]).all():
            positions = order[np.searchsorted(first[order], cities)]
            told = [_LENGTH.search(comment) for comment in document.comments]
            length = next((float(match[1]) for match in told if match), None)
            return FoundTour(path, positions.astype(np.int64), _is_proved(path), length)
    document.fail(f"is not a tour of the {size} cities, each exactly once")


def _is_proved(path: Path) -> bool:
    return ".opt." in path.name.lower()


def tour_beside(path: Path, name: str) -> Path | None:
    """The file of an instance's best tour: `NAME.opt.tour`, `NAME.tour`, LKH's `NAME.7542.tour`.

    Beside the instance's file or in the folder `opt` there, packed by gzip or not; the proved one
    first, of LKH's the shortest.
    """
    ranked = []
    for folder in (path.parent, path.parent / "opt"):
        for candidate in sorted(folder.glob("*")) if folder.is_dir() else ():
            rank = _rank(candidate.name, name)
            if rank is not None and candidate.is_file():
                ranked.append((rank, candidate))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _rank(file: str, name: str) -> tuple[int, int] | None:
    """How good a tour the name of a file says it is, the smallest best; None for other files."""
    begun, rest = file[: len(name)], file[len(name) :].lower().removesuffix(".gz")
    if begun != name:
        return None
    plain = {".opt.tour": (0, 0), ".tour": (1, 0), ".lkh.tour": (3, 0)}
    if rest in plain:
        return plain[rest]
    numbered = re.fullmatch(r"\.([0-9]{1,18})\.tour", rest)
    return None if numbered is None else (2, int(numbered[1]))


def optimum_beside(path: Path, name: str) -> float | None:
    """From a table of lines `name : length` named `solutions`, as TSPLIB's collections have."""
    for table in (path.with_name("solutions.txt"), path.with_name("solutions")):
        if table.is_file():
            text = table.read_text(encoding="latin-1")
            entry = re.search(rf"^{re.escape(name)}\s*:\s*([0-9]{{1,15}})", text, re.MULTILINE)
            if entry:
                return float(entry[1])
    return None


def check_comment(tour: FoundTour, measured: float) -> str:
    """A sentence where the comment of a tour says another length than it has; else nothing."""
    if tour.length is None or abs(tour.length - measured) <= 1e-6 * max(measured, 1.0):
        return ""
    return (
        f"{tour.path.name} says that its tour is {tour.length:,.15g} long; measured by the "
        f"instance's distances it is {measured:,.15g}"
    )
