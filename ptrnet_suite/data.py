"""Instances as the user knows them, batches as the core sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

END = 0
"""The choice that ends a sequence, in every vocabulary and for every pointer head that ends."""


def take(column: Any, indices: Sequence[int] | np.ndarray) -> Any:
    """Rows of a column, by fancy indexing for an array, one by one for a list."""
    if isinstance(column, np.ndarray):
        return column[np.asarray(indices)]
    return [column[index] for index in indices]


@dataclass(frozen=True)
class Instances:
    """Problems with, where known, their solutions.

    `inputs` holds one item per instance: an `(n, 2)` array of points, a string, ...; when all
    have one shape it may be a single array `(count, ...)`. `solutions` holds the known answer
    of each, in the form that `Task.answers` returns, or is None. `columns` holds whatever else
    a task knows of each instance (`distances`, `length`, ...), one item per instance.
    """

    inputs: Sequence[Any] | np.ndarray
    solutions: Sequence[Any] | np.ndarray | None = None
    names: Sequence[str] | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    source: str = "generated"

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
        if isinstance(self.inputs, np.ndarray):
            return np.full(len(self.inputs), self.inputs.shape[1])
        return np.array([len(item) for item in self.inputs])


class Batch(NamedTuple):
    """What the core sees of some instances.

    inputs: `(batch, positions, features)` real, or `(batch, positions)` token ids.
    input_mask: `(batch, positions)`, True where an input is real.
    targets: `(batch, time)` choices, or None; padded with 0.
    target_mask: `(batch, time)`, True where a target counts, or None.
    """

    inputs: Tensor
    input_mask: Tensor
    targets: Tensor | None = None
    target_mask: Tensor | None = None

    def to(self, device: torch.device | str) -> Batch:
        """The same batch on `device`."""
        targets, target_mask = self.targets, self.target_mask
        return Batch(
            self.inputs.to(device),
            self.input_mask.to(device),
            None if targets is None else targets.to(device),
            None if target_mask is None else target_mask.to(device),
        )

    @property
    def size(self) -> int:
        """Number of instances."""
        return self.inputs.shape[0]


def pad(rows: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Stacks arrays of different lengths: `(count, longest, ...)` zero-padded, and its mask."""
    lengths = np.array([len(row) for row in rows])
    first = np.asarray(rows[0])
    stacked = np.zeros((len(rows), max(1, lengths.max()), *first.shape[1:]), first.dtype)
    for index, row in enumerate(rows):
        stacked[index, : len(row)] = row
    return stacked, np.arange(stacked.shape[1])[None, :] < lengths[:, None]


def to_batch(
    inputs: Sequence[np.ndarray] | np.ndarray, targets: Sequence[np.ndarray] | np.ndarray | None
) -> Batch:
    """Pads inputs and targets and turns them into tensors (float32 and int64)."""
    if isinstance(inputs, np.ndarray):
        stacked, mask = inputs, np.ones(inputs.shape[:2], bool)
    else:
        stacked, mask = pad(inputs)
    tensor = torch.from_numpy(np.ascontiguousarray(stacked))
    tensor = tensor.float() if tensor.is_floating_point() else tensor.long()
    if targets is None:
        return Batch(tensor, torch.from_numpy(mask))
    if isinstance(targets, np.ndarray):
        choices, target_mask = targets, np.ones(targets.shape, bool)
    else:
        choices, target_mask = pad(targets)
    return Batch(
        tensor,
        torch.from_numpy(mask),
        torch.from_numpy(np.ascontiguousarray(choices)).long(),
        torch.from_numpy(target_mask),
    )
