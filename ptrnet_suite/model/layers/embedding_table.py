"""Embeddings of choices, looked up in one table for all instances of a batch."""

from __future__ import annotations

from typing import NamedTuple, final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

START = -1
"""Stands where a choice would, before any was made."""


@final
class EmbeddingTable(NamedTuple):
    """Rows for the choices of all instances, which may share them; START's row is the last one.

    begins: where the rows of each instance begin; rows_each: how many it has; known: choices from
    there on share the row of that number, None where none do.
    """

    rows: Float[Tensor, "rows features"]
    begins: Int[Tensor, " batch"]
    rows_each: int
    known: int | None = None

    def __call__(self, choices: Int[Tensor, "batch time"]) -> Float[Tensor, "batch time features"]:
        """The choices' rows."""
        if self.known is not None:
            choices = choices.clamp_max(self.known)
        # On CPUs this is several times faster than to gather from a stack, forward and backward.
        indices = choices % self.rows_each + self.begins.unsqueeze(1)
        return nn.functional.embedding(indices, self.rows)

    def select(self, instances: Int[Tensor, " instances"]) -> EmbeddingTable:
        """That of some instances, in that order and as often as named."""
        return self._replace(begins=self.begins[instances])


def stacked_table(stack: Float[Tensor, "batch count features"]) -> EmbeddingTable:
    """The table of rows that each instance has for itself."""
    batch, count, _ = stack.shape
    begins = torch.arange(0, batch * count, count, device=stack.device)
    return EmbeddingTable(stack.flatten(0, 1), begins, count)
