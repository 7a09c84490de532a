"""Encoders: inputs to a memory that a decoder can attend to."""

from __future__ import annotations

from typing import final

from torch import nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.config import EncoderConfig
from ptrnet_suite.model.encoders.base import EncoderNetwork, EncoderOutput
from ptrnet_suite.model.encoders.cnn import grid_of
from ptrnet_suite.model.interfaces import Memory
from ptrnet_suite.model.layers.attention import additive_mask
from ptrnet_suite.model.registries import ENCODERS
from ptrnet_suite.task.spec import Spec

__all__ = ["Encoder", "EncoderNetwork", "EncoderOutput", "grid_of"]


@final
class Encoder(nn.Module):
    """Any encoder behind one face: `Batch` in, `Memory` out.

    Raises InputError for an unknown kind, and for a cnn where the inputs are no images.
    """

    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__()
        self.network: EncoderNetwork = ENCODERS.get(config.kind)(config, spec, width, dropout)
        self.vectors = spec.inputs == "vectors"

    def forward(self, batch: Batch) -> Memory:
        states, mask, summary = self.network(batch)
        return Memory(
            states,
            mask,
            summary.to(states.dtype),
            batch.inputs if self.vectors else None,
            None if mask.all() else additive_mask(mask).unsqueeze(1),
            batch.copies,
        )
