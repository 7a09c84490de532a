"""Batches as the core sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, final

import numpy as np

from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    import torch
    from jaxtyping import Bool, Int, Shaped
    from torch import Tensor

END = 0
"""The choice that ends a sequence, in every vocabulary and for every pointer head that ends."""


@final
class Batch(NamedTuple):
    """What the core sees of some instances.

    inputs: real numbers with a dimension of features, or token ids without one; of images, a
    position is a column of pixels and its features are the pixels from top to bottom.
    input_mask: True where an input is real; the others are padding behind them, or repeat one of
    them in between. targets: choices, padded with 0. target_mask: True where a target counts.
    copies: the choice that stands for each input token, where they can be copied: the word that it
    is, else the vocabulary's size plus the first position that holds it.
    """

    inputs: Shaped[Tensor, "batch positions *features"]
    input_mask: Bool[Tensor, "batch positions"]
    targets: Int[Tensor, "batch time"] | None = None
    target_mask: Bool[Tensor, "batch time"] | None = None
    copies: Int[Tensor, "batch positions"] | None = None

    def to(self, device: torch.device | str) -> Batch:
        """The same batch on `device`."""
        return Batch(*(None if part is None else part.to(device) for part in self))  # type: ignore[arg-type]

    def rows(self, rows: Int[Tensor, " rows"]) -> Batch:
        """The instances at `rows`, in that order and as often as named."""
        return Batch(*(None if part is None else part[rows] for part in self))  # type: ignore[arg-type]

    def shortened(self, positions: int) -> Batch:
        """The same without inputs from `positions` on."""
        copies = None if self.copies is None else self.copies[:, :positions]
        inputs, mask = self.inputs[:, :positions], self.input_mask[:, :positions]
        return self._replace(inputs=inputs, input_mask=mask, copies=copies)

    @property
    def without_targets(self) -> Batch:
        """The same without targets."""
        return self._replace(targets=None, target_mask=None)

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
    inputs: Sequence[np.ndarray] | np.ndarray,
    targets: Sequence[np.ndarray] | np.ndarray | None,
    copies: Sequence[np.ndarray] | None = None,
    mask: np.ndarray | None = None,
) -> Batch:
    """Pads inputs, targets and copies and turns them into tensors (float32 and int64).

    mask: `(batch, positions)`, True where inputs that are padded already are real.
    """
    # Tasks and their instances are listed, made and read without torch, which takes a second.
    import torch

    stacked, real = _padded(inputs)
    tensor = torch.from_numpy(np.ascontiguousarray(stacked))
    tensor = tensor.float() if tensor.is_floating_point() else tensor.long()
    batch = Batch(tensor, torch.from_numpy(real if mask is None else mask))
    if copies is not None:
        batch = batch._replace(copies=torch.from_numpy(pad(copies)[0]).long())
    if targets is None:
        return batch
    choices, target_mask = _padded(targets)
    return batch._replace(
        targets=torch.from_numpy(np.ascontiguousarray(choices)).long(),
        target_mask=torch.from_numpy(target_mask),
    )


def _padded(rows: Sequence[np.ndarray] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(rows, np.ndarray):
        return rows, np.ones(rows.shape[:2], bool)
    return pad(rows)


def known_answers(
    batch: Batch, strategy: str
) -> tuple[Int[Tensor, "batch time"], Bool[Tensor, "batch time"]]:
    """Targets and their mask; raises InputError for a batch without solutions."""
    if batch.targets is None or batch.target_mask is None:
        raise InputError(f"{strategy} needs solutions, and the training data has none")
    return batch.targets, batch.target_mask
