"""Rows of numbers in text: which marks separate them, and where one number a line is one row."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.limits import read_text, real_number, whole_number

SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas"}
"""What separates numbers, the first one that a file has; without any, blanks do."""


def read_rows(path: Path) -> tuple[list[np.ndarray], list[int]]:
    """The rows of real numbers of a file, and the line of each.

    One number a line is one row. Beside semicolons and tabs a comma marks decimals. Empty lines and
    a first line of names are left out, quotation marks around a number are, too. Raises InputError
    naming the file and the line.
    """
    return _rows(path, real_number, float)


def read_whole_rows(path: Path) -> tuple[list[np.ndarray], list[int]]:
    """The same of whole numbers."""
    return _rows(path, whole_number, int)


def _rows(
    path: Path, number: Callable[[str], float], kind: type
) -> tuple[list[np.ndarray], list[int]]:
    rows: list[np.ndarray] = []
    lines: list[int] = []
    text = read_text(path, "numbers")
    separator = next((mark for mark in SEPARATORS if mark in text), None)
    for at, (line, content) in enumerate(_lines(text)):
        cells = [cell.strip().strip('"').strip() for cell in content.split(separator)]
        if separator in (";", "\t"):
            cells = [cell.replace(",", ".") for cell in cells]
        try:
            row = np.array(array("d" if kind is float else "q", map(number, cells)))
        except ValueError as error:
            if at == 0 and _names(cells):
                continue
            raise InputError(
                f"{path}, line {line} is not numbers separated by"
                f" {SEPARATORS.get(separator or '', 'commas')}: {error}"
            ) from None
        if not np.isfinite(row).all():
            raise InputError(f"{path}, line {line} has a value that is NaN or infinite")
        rows.append(row)
        lines.append(line)
    if not rows:
        raise InputError(f"{path} is empty; it must hold at least one sequence")
    if len(rows) > 1 and all(len(row) == 1 for row in rows):
        return [np.concatenate(rows)], lines[:1]
    return rows, lines


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their numbers."""
    return ((at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip())


def _names(cells: list[str]) -> bool:
    """Whether a line names columns: every cell begins with a letter and none is a number."""
    return all(cell[:1].isalpha() and not _is_number(cell) for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
