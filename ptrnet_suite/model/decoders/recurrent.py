"""The base of recurrent decoders: a whole sequence step by step where it must be."""

from __future__ import annotations

from abc import abstractmethod
from typing import NamedTuple, final

import torch
from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.model.decoders.base import Decoder
from ptrnet_suite.model.interfaces import DecoderInputs, DecoderOutput, Memory, Prepared, State


@final
class StepInputs(NamedTuple):
    """The previous choices' shares of each step.

    cell: of the recurrent cell's gates; readout: of the readout, None where it takes none.
    """

    cell: Float[Tensor, "batch time gates"]
    readout: Float[Tensor, "batch time size"] | None

    def steps(self) -> list[StepInputs]:
        """Those of every step by itself."""
        # Cut all at once: the gradient of every single slice would be as large as the whole.
        cells = self.cell.split(1, 1)
        if self.readout is None:
            return [StepInputs(cell, None) for cell in cells]
        return [StepInputs(*parts) for parts in zip(cells, self.readout.split(1, 1), strict=True)]


class RecurrentDecoder(Decoder):
    """A decoder whose steps need each other's results.

    The shares of previous choices are made for all steps at once.
    """

    @abstractmethod
    def feed(self, previous: Float[Tensor, "batch time width"]) -> StepInputs:
        """The shares of embedded previous choices."""

    @abstractmethod
    def advance(
        self, inputs: StepInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        """The next step of every hypothesis."""

    def step(
        self, inputs: DecoderInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        return self.advance(self.feed(inputs.previous), memory, prepared, state)

    def step_through(
        self, inputs: DecoderInputs, memory: Memory, prepared: Prepared
    ) -> DecoderOutput:
        """All steps, one after another."""
        state = self.start(memory)
        outputs: list[DecoderOutput] = []
        for step_inputs in self.feed(inputs.previous).steps():
            outputs.append(self.advance(step_inputs, memory, prepared, state))
            state = outputs[-1].state
        weights = [output.weights for output in outputs if output.weights is not None]
        centres = [output.centres for output in outputs if output.centres is not None]
        return DecoderOutput(
            torch.cat([output.query for output in outputs], 1),
            (),
            torch.cat(weights, 2) if weights else None,
            torch.cat(centres, 1) if centres else None,
        )
