"""A decoder of one's own."""

from __future__ import annotations

from typing import final

import torch
from torch import nn

from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders.base import Decoder
from ptrnet_suite.model.interfaces import DecoderInputs, DecoderOutput, Memory, Prepared, State


@final
class LastChoice(Decoder):
    """A query from the last choice and the summary alone; it attends to nothing."""

    remembers = False

    def __init__(self, config: DecoderConfig, width: int, dropout: float) -> None:
        super().__init__(config, width, dropout)
        self.query = nn.Linear(2 * width, width)

    def prepare(self, memory: Memory) -> Prepared:
        return ()

    def start(self, memory: Memory) -> State:
        return ()

    def forward(self, inputs: DecoderInputs, memory: Memory, prepared: Prepared) -> DecoderOutput:
        return self.step(inputs, memory, prepared, ())

    def step(
        self, inputs: DecoderInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        summary = inputs.summary.unsqueeze(1).expand_as(inputs.previous)
        query = torch.tanh(self.query(torch.cat([inputs.previous, summary], 2)))
        return DecoderOutput(query, state, None)
