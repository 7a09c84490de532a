"""One set of points as people keep it: a table, one point a line."""

from __future__ import annotations

import re
from math import isfinite
from pathlib import Path

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

BETWEEN = re.compile(r"\s*[,;\t]\s*|\s+")
"""What may stand between x and y."""


def read_table(path: Path) -> Instances:
    """One instance `(1, n, 2)` from lines `x,y`; a first line of names and empty lines are skipped.

    Raises InputError naming the file and the line that does not hold two numbers.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not a text file of points: {error}") from error
    points = []
    for number, line in enumerate(map(str.strip, lines), 1):
        numbers = [_number(part) for part in BETWEEN.split(line)]
        if not line or (number == 1 and not any(part is not None for part in numbers)):
            continue
        if len(numbers) != 2 or None in numbers:
            raise InputError(f"{path}, line {number} is {line!r}; two numbers, x and y, are needed")
        points.append(numbers)
    if not points:
        raise InputError(f"{path} holds no points; each line must hold two numbers, x and y")
    return Instances(np.array([points], float), source=str(path))


def _number(text: str) -> float | None:
    """The finite number that it says, None where it says none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None
