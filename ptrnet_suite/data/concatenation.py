"""Several data sets, one after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances


@final
class ConcatenatedColumn(Sequence[Any]):
    """Items of several columns, none of which is copied or read before it is asked for."""

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        self.columns = columns
        self.starts = [0, *accumulate(map(len, columns))]

    def __len__(self) -> int:
        return self.starts[-1]

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return [self[position] for position in range(*key.indices(len(self)))]
        if not 0 <= key < len(self):
            raise IndexError(key)
        column = bisect_right(self.starts, key) - 1
        return self.columns[column][key - self.starts[column]]


def concatenated(columns: Sequence[Any]) -> Any:
    """One array where shapes agree, one list of lists, else the items as they are read."""
    if all(isinstance(column, np.ndarray) for column in columns) and (
        len({column.shape[1:] for column in columns}) == 1
    ):
        return np.concatenate(columns)
    if all(isinstance(column, list | np.ndarray) for column in columns):
        return [item for column in columns for item in column]
    return ConcatenatedColumn(columns)


def merged(parts: Sequence[Instances], source: str | None = None) -> Instances:
    """The instances of all parts as one data set.

    Solutions and names are kept where every part has them. A column that a part lacks is None for
    its instances. source: what it is called; by default as the first part.
    """
    if len(parts) == 1 and source in (None, parts[0].source):
        return parts[0]
    solutions = [part.solutions for part in parts if part.solutions is not None]
    names = [part.names for part in parts if part.names is not None]
    columns = dict.fromkeys(name for part in parts for name in part.columns)
    return Instances(
        concatenated([part.inputs for part in parts]),
        concatenated(solutions) if len(solutions) == len(parts) else None,
        concatenated([list(each) for each in names]) if len(names) == len(parts) else None,
        {
            name: concatenated([part.columns.get(name, [None] * len(part)) for part in parts])
            for name in columns
        },
        parts[0].source if source is None else source,
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )
