"""What a head looks up of choices: made once for a memory, used at every step."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from ptrnet_suite.model.layers.embedding_table import Lookup


class Crowds(NamedTuple):
    """What `neighbourhoods` and `spacing` give of a memory's vectors."""

    neighbours: Tensor
    unit: Tensor


class Sight(NamedTuple):
    """What a head looks up, made once per memory.

    choices: embedded choices; vectors: their input vectors, zero where they have none.
    """

    choices: Lookup
    vectors: Lookup | None = None
    crowds: Crowds | None = None

    def select(self, instances: Tensor) -> Sight:
        """That of some instances, in that order and as often as named."""
        return Sight(
            self.choices.select(instances),
            None if self.vectors is None else self.vectors.select(instances),
            None if self.crowds is None else Crowds(*(part[instances] for part in self.crowds)),
        )
