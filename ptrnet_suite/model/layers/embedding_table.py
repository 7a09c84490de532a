"""What stands for each choice, looked up."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

START = -1
"""Stands where a choice would, before any was made."""


class EmbeddingTable(NamedTuple):
    """Rows for the choices of all instances, which may share them; START's row is the last one.

    rows: `(all rows, features)`; begins: `(batch,)`, where those of each instance begin; each: how
    many it has; known: choices from there on share the row of that number, None where none do.
    """

    rows: Tensor
    begins: Tensor
    each: int
    known: int | None = None

    def __call__(self, choices: Tensor) -> Tensor:
        """Rows `(batch, time, features)` of `choices (batch, time)`."""
        if self.known is not None:
            choices = choices.clamp_max(self.known)
        # On CPUs this is several times faster than to gather from a stack, forward and backward.
        return nn.functional.embedding(choices % self.each + self.begins.unsqueeze(1), self.rows)

    def select(self, instances: Tensor) -> EmbeddingTable:
        """That of some instances, in that order and as often as named."""
        return self._replace(begins=self.begins[instances])


def stacked_table(stack: Tensor) -> EmbeddingTable:
    """A lookup in rows `(batch, count, features)` that each instance has for itself."""
    batch, count, _ = stack.shape
    begins = torch.arange(0, batch * count, count, device=stack.device)
    return EmbeddingTable(stack.flatten(0, 1), begins, count)
