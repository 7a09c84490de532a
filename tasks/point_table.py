"""One set of points as people keep it: a table, one point a line."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ptrnet_suite.data import Instances
from ptrnet_suite.errors import InputError

BETWEEN = re.compile(r"\s*[,;\t]\s*|\s+")
"""What may stand between x and y."""


def read_table(path: Path) -> Instances:
    """One instance `(1, n, 2)` from lines `x,y`; a first line of names and empty lines are skipped.

    Raises InputError naming the file and the line that does not hold two numbers.
    """
    points = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            x, y = map(float, BETWEEN.split(line.strip()))
        except ValueError:
            if number == 1:
                continue
            raise InputError(
                f"{path}, line {number} is {line.strip()!r}; two numbers, x and y, are needed"
            ) from None
        points.append((x, y))
    if not points:
        raise InputError(f"{path} holds no points; each line must hold two numbers, x and y")
    return Instances(np.array([points]), source=str(path))
