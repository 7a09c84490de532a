"""Plain matrices of distances: tables, `.npy` and JSON, told from points by their diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.data.npz import array_of
from ptrnet_suite.errors import InputError
from ptrnet_tasks.points.columns import columns_by_name, number
from ptrnet_tasks.points.content import BETWEEN, Content, kind_of
from ptrnet_tasks.points.documents import load_json
from ptrnet_tasks.points.point_set import LABELS
from ptrnet_tasks.points.table import Table, split_table
from ptrnet_tasks.tsp.distances import EXPLICIT, Distances
from ptrnet_tasks.tsp.matrices import as_distances

SMALLEST = 3
"""Fewest rows of a matrix; a table of two by two is two points."""


def read_matrix(content: Content) -> Instances | None:
    """One instance of distances without coordinates, `(1, n, 0)`; None for what is no matrix.

    A matrix is square with three or more rows and zeros on its diagonal; its rows say where a way
    begins, so it may be asymmetric. In a table, names may stand above or before it (the column
    `labels`). Raises InputError for a table of four or more columns of numbers that is none, which
    cannot be points, and for negative or infinite distances.
    """
    kind, names = kind_of(content), None
    if kind == "npy":
        matrix = array_of(content.data(), content.path)
    elif kind == "json":
        matrix = _rectangle(load_json(content))
    elif kind in ("table", "lines") and _may_be_matrix(content, kind):
        table = split_table(content.parsed_text(), str(content.path))
        names, cells = _names_and_cells(table)
        matrix = _rectangle([[number(cell) for cell in row] for row in cells])
        columns = np.array([]) if not cells else cells[0]
        if not _is_matrix(matrix) and kind == "table" and len(columns) > SMALLEST:
            _refuse(table, cells)
    else:
        return None
    return _instance(matrix, names, content) if _is_matrix(matrix) else None


def _may_be_matrix(content: Content, kind: str) -> bool:
    """Whether the first line is that of a matrix, so that large files of points are read once."""
    words = BETWEEN.split(content.first_line())
    if kind == "lines":
        return len(words) >= SMALLEST and number(words[0]) == 0 and "output" not in words
    return len(words) >= SMALLEST and not columns_by_name(words).complete


def _is_matrix(matrix: np.ndarray) -> bool:
    square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] >= SMALLEST
    return square and matrix.dtype.kind in "fiu" and not np.diagonal(matrix).any()


def _rectangle(rows: Any) -> np.ndarray:
    """Rows of numbers as an array; empty for anything else."""
    try:
        array = np.array(rows)
    except (ValueError, TypeError, OverflowError):
        return np.empty(0)
    return array if array.dtype.kind in "fiu" else np.empty(0)


def _instance(matrix: np.ndarray, names: list[str] | None, content: Content) -> Instances:
    try:
        measure = Distances(EXPLICIT, as_distances(matrix, directed=True))
    except ValueError as error:
        raise InputError(f"{content.path} is no matrix of distances: {error}") from None
    columns: dict[str, Any] = {"distances": [measure]}
    if names is not None:
        columns[LABELS] = [names]
    points = np.empty((1, len(matrix), 0))
    return Instances(points, None, [content.name.stem], columns, str(content.path))


def _names_and_cells(table: Table) -> tuple[list[str] | None, list[list[str]]]:
    """Names above or before the numbers, and the cells of numbers alone."""
    names, rows = table.header, table.rows
    if names is None and rows and not rows[0][0]:
        # Names that are numbers, behind an empty corner.
        names, rows = rows[0], rows[1:]
    named = names is not None and bool(rows) and len(rows[0]) == len(rows) + 1
    if rows and (number(rows[0][0]) is None or named):
        before = [row[0] for row in rows]
        return before, [row[1:] for row in rows]
    if names is not None and len(names) != len(rows):
        names = names[-len(rows) :] if len(names) == len(rows) + 1 else None
    return names, rows


def _refuse(table: Table, cells: list[list[str]]) -> None:
    """Raises InputError that says what keeps a table of numbers from being a matrix."""
    if sum(number(cell) is not None for cell in cells[0]) <= SMALLEST:
        return
    needed = (
        f"a matrix of distances has as many columns as its {len(cells)} rows, numbers alone and "
        "zeros on its diagonal; a table of points has two numbers in a line"
    )
    behind = len(table.rows) - len(cells)
    for index, row in enumerate(cells):
        zero = index < len(row) and number(row[index]) == 0
        if len(row) != len(cells) or None in map(number, row) or not zero:
            table.refuse(index + behind, needed)
