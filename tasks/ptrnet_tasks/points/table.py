"""One set of points as people keep it: a table, one point a line."""

from __future__ import annotations

import csv
import re
from typing import NamedTuple, NoReturn, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.limits import excerpt
from ptrnet_tasks.points.columns import ACCEPTED_NAMES, Columns, columns_by_name, number
from ptrnet_tasks.points.content import Content
from ptrnet_tasks.points.point_set import PointSet, instance_of


@final
class Table(NamedTuple):
    """The cells of a text, without blank lines and comments.

    header: the names in the first line where it holds no number, else None. lines: the number of
    each row's last line, from 1; texts: all lines as they stand.
    """

    title: str
    header: list[str] | None
    rows: list[list[str]]
    lines: list[int]
    texts: list[str]

    def refuse(self, row: int, needed: str) -> NoReturn:
        """Raises InputError that names the line of a row."""
        line = self.lines[row]
        text = excerpt(self.texts[line - 1].strip(), 60)
        raise InputError(f"{self.title}, line {line} is {text}; {needed}")


NEEDED = (
    "two numbers, x and y, are needed, and accepted beside them are an id from 1 on and a name, "
    "and other columns under a first line of names"
)


def read_table(content: Content) -> Instances:
    """One instance `(1, n, 2)` from lines `x,y`, or of columns that a first line names.

    Values are separated by commas, semicolons, tabs or blanks, and may be quoted; a decimal comma
    is read where the comma does not separate. Latitude and longitude become a map, with the column
    `degrees`; names and ids are the column `labels`.

    Raises InputError naming the file and the line that does not hold what it should.
    """
    table = split_table(content.parsed_text(), str(content.path))
    if not table.rows:
        raise InputError(f"{table.title} holds no points; each line must hold two numbers, x and y")
    return instance_of(_point_set(table), table.title)


def split_table(text: str, title: str) -> Table:
    """The cells of a text; raises InputError where its quotation marks do not close."""
    texts = text.splitlines()
    begun = next((line.strip() for line in texts if line.strip()), "")
    separator = _separator(begun.lstrip("#"))
    reader = csv.reader(
        [line.strip() if separator == " " else line for line in texts],
        delimiter=separator,
        skipinitialspace=True,
    )
    header: list[str] | None = None
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for cells in reader:
            row = [cell.strip() for cell in cells]
            if not any(row):
                continue
            while not row[-1]:
                row.pop()
            if header is None and not rows and all(number(cell) is None for cell in row):
                header = [row[0].lstrip("# "), *row[1:]]
            elif not row[0].startswith("#"):
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(
            f"{title}, line {reader.line_num} is no line of a table: {error}"
        ) from None
    return Table(title, header, rows, lines, texts)


def _separator(line: str) -> str:
    plain = re.sub(r'"[^"]*"', "", line)
    return next((mark for mark in "\t;," if mark in plain), " ")


def _point_set(table: Table) -> PointSet:
    columns, note = _columns(table)
    first, second = columns.first, columns.second
    assert first is not None
    assert second is not None
    marks: set[str] = set()
    coordinates = np.empty((len(table.rows), 2))
    width = len(table.rows[0] if table.header is None else table.header)
    for index, row in enumerate(table.rows):
        pair = [number(row[place]) if place < len(row) else None for place in (first, second)]
        if len(row) > width or None in pair:
            table.refuse(index, NEEDED)
        coordinates[index] = pair
        marks |= {mark for mark in ".," if mark in row[first] or mark in row[second]}
    if len(marks) > 1:
        raise InputError(
            f"{table.title} has numbers with a decimal point and others with a comma; "
            f"accepted is one of the two"
        )
    return PointSet(coordinates, columns.on_earth, _labels(table, columns.label), note)


def _columns(table: Table) -> tuple[Columns, str]:
    """Where the coordinates and the names stand, and a sentence where that had to be guessed."""
    if table.header is None:
        return _unnamed(table), ""
    columns = columns_by_name(table.header)
    if columns.label is None:
        others = range(len(table.header))
        free = (at for at in others if at not in (columns.first, columns.second))
        columns = columns._replace(label=next((at for at in free if _is_name(table, at)), None))
    if columns.height is not None:
        _refuse_header(table, "points of a plane, without z")
    if columns.complete:
        return columns, ""
    if columns.first is not None or columns.second is not None:
        _refuse_header(table, ACCEPTED_NAMES)
    numeric = [at for at in _numeric(table) if at != columns.label]
    if len(numeric) != 2:
        _refuse_header(table, ACCEPTED_NAMES)
    names = " and ".join(repr(table.header[at]) for at in numeric if at < len(table.header))
    note = f"the columns {names} are read as x and y of a plane; degrees are named lat and lon"
    return columns._replace(first=numeric[0], second=numeric[1]), note


def _unnamed(table: Table) -> Columns:
    """Coordinates after an id that counts the lines, or beside names."""
    numeric = _numeric(table)
    names = [at for at in range(len(table.rows[0])) if _is_name(table, at)]
    label = names[0] if names else None
    # What is neither would be `3 10` of `54,3 10,1`, whose commas separate nothing.
    neither = len(table.rows[0]) - len(numeric) - len(names)
    if len(numeric) == 3 and _counts(table, numeric[0]):
        label = numeric.pop(0) if label is None else label
        numeric = numeric[-2:]
    if len(numeric) != 2 or neither:
        table.refuse(0, NEEDED)
    return Columns(numeric[0], numeric[1], False, label)


def _numeric(table: Table) -> list[int]:
    return [at for at, cell in enumerate(table.rows[0]) if number(cell) is not None]


def _is_name(table: Table, column: int) -> bool:
    cell = table.rows[0][column] if column < len(table.rows[0]) else ""
    return number(cell) is None and any(map(str.isalpha, cell))


def _counts(table: Table, column: int) -> bool:
    """Whether a column counts two or more lines from 0 or 1 on."""
    ids = [row[column] if column < len(row) else "" for row in table.rows]
    return len(ids) > 1 and any(
        ids == [str(start + step) for step in range(len(ids))] for start in (0, 1)
    )


def _labels(table: Table, column: int | None) -> list[str] | None:
    """What the points are called, those without a name by their position."""
    if column is None:
        return None
    names = [row[column] if column < len(row) else "" for row in table.rows]
    return [name or str(position) for position, name in enumerate(names)]


def _refuse_header(table: Table, accepted: str) -> NoReturn:
    names = excerpt(", ".join(table.header or []), 80)
    raise InputError(f"{table.title} has the columns {names}; accepted are {accepted}")
