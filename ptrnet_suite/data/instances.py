"""Instances: problem data as the user knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np


def take(column: Any, indices: Sequence[int] | np.ndarray) -> Any:
    """Rows of a column, by fancy indexing for an array, one by one for a list."""
    if isinstance(column, np.ndarray):
        # Of no index numpy makes an array of floats, by which it then refuses to index.
        return column[np.asarray(indices) if len(indices) else slice(0)]
    return [column[index] for index in indices]


@final
@dataclass(frozen=True)
class Instances:
    """Problems with, where known, their solutions.

    `inputs` holds one item per instance: an `(n, 2)` array of points, a string, ...; when all
    have one shape it may be a single array `(count, ...)`. `solutions` holds the known answer
    of each, in the form that `Task.answers` returns, or is None. `columns` holds whatever else
    a task knows of each instance (`distances`, `length`, ...), one item per instance; the column
    `sizes` tells how long an input is where its first axis does not, as of an image. `notes` are
    sentences that whoever reads the answers should know, such as that distances are rounded.
    """

    inputs: Sequence[Any] | np.ndarray
    solutions: Sequence[Any] | np.ndarray | None = None
    names: Sequence[str] | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    source: str = "generated"
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.inputs)

    def subset(self, indices: Sequence[int] | np.ndarray) -> Instances:
        """The instances at `indices`, in that order."""
        return replace(
            self,
            inputs=take(self.inputs, indices),
            solutions=None if self.solutions is None else take(self.solutions, indices),
            names=None if self.names is None else take(self.names, indices),
            columns={name: take(column, indices) for name, column in self.columns.items()},
        )

    def with_solutions(self, solutions: Sequence[Any] | np.ndarray) -> Instances:
        """The same instances with these known answers."""
        return replace(self, solutions=solutions)

    def sizes(self) -> np.ndarray:
        """Length of each input, `(count,)`."""
        if "sizes" in self.columns:
            return np.asarray(self.columns["sizes"])
        if isinstance(self.inputs, np.ndarray):
            return np.full(len(self.inputs), self.inputs.shape[1])
        return np.array([len(item) for item in self.inputs])

    def title(self, index: int) -> str:
        """Words for one instance in messages: its source and, of several, its name or number."""
        name = index + 1 if self.names is None else self.names[index]
        return self.source if len(self) == 1 else f"{self.source}, instance {name}"


def solutions_of(instances: Instances) -> Sequence[Any]:
    """The known answer of each instance, None where none is known."""
    return [None] * len(instances) if instances.solutions is None else list(instances.solutions)


def accepted_answers(instances: Instances, index: int) -> list[Any]:
    """Every known answer of one instance: several for a text, at most one for others."""
    if instances.solutions is None:
        return []
    known = instances.solutions[index]
    several = isinstance(known, list | tuple) and len(known) > 0 and isinstance(known[0], str)
    return list(known) if several else [known]
