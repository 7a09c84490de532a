"""What recurrent decoders share: a whole sequence walked step by step where it must be."""

from __future__ import annotations

from abc import abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor

from ptrnet_suite.model.decoders.base import Decoder
from ptrnet_suite.model.interfaces import DecoderInputs, DecoderOutput, Memory, Prepared, State


class StepInputs(NamedTuple):
    """What earlier choices feed into the steps, each `(batch, time, features)`.

    cell: for the recurrent cell; readout: for the readout, None where it takes none.
    """

    cell: Tensor
    readout: Tensor | None

    def steps(self) -> list[StepInputs]:
        """Those of every step by itself."""
        # Cut all at once: the gradient of every single slice would be as large as the whole.
        cells = self.cell.split(1, 1)
        if self.readout is None:
            return [StepInputs(cell, None) for cell in cells]
        return [StepInputs(*parts) for parts in zip(cells, self.readout.split(1, 1), strict=True)]


class RecurrentDecoder(Decoder):
    """A decoder whose steps need each other's results.

    What the given choices feed is made for all steps at once.
    """

    @abstractmethod
    def feed(self, previous: Tensor) -> StepInputs:
        """What choices `(batch, time, width)` feed into their steps."""

    @abstractmethod
    def advance(
        self, fed: StepInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        """The next step of every hypothesis."""

    def step(
        self, inputs: DecoderInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        return self.advance(self.feed(inputs.previous), memory, prepared, state)

    def walk(self, inputs: DecoderInputs, memory: Memory, prepared: Prepared) -> DecoderOutput:
        """All steps, one after another."""
        state = self.start(memory)
        made: list[DecoderOutput] = []
        for fed in self.feed(inputs.previous).steps():
            made.append(self.advance(fed, memory, prepared, state))
            state = made[-1].state
        weights = [one.weights for one in made if one.weights is not None]
        centres = [one.centres for one in made if one.centres is not None]
        return DecoderOutput(
            torch.cat([one.query for one in made], 1),
            (),
            torch.cat(weights, 2) if weights else None,
            torch.cat(centres, 1) if centres else None,
        )
