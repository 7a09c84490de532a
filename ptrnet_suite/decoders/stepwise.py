"""What recurrent decoders share: a whole sequence walked step by step where it must be."""

from __future__ import annotations

from abc import abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor

from ptrnet_suite.decoders.base import Cues, Decoder, Prepared, State, Step
from ptrnet_suite.encoders import Memory


class Fed(NamedTuple):
    """What earlier choices feed into the steps, each `(batch, time, features)`.

    cell: for the recurrent cell; readout: for the readout, None where it takes none.
    """

    cell: Tensor
    readout: Tensor | None

    def at(self, time: int) -> Fed:
        """That of one step."""
        here = slice(time, time + 1)
        return Fed(self.cell[:, here], None if self.readout is None else self.readout[:, here])


class StepwiseDecoder(Decoder):
    """A decoder whose steps need each other's results.

    What the given choices feed is made for all steps at once.
    """

    @abstractmethod
    def feed(self, previous: Tensor) -> Fed:
        """What choices `(batch, time, width)` feed into their steps."""

    @abstractmethod
    def advance(self, fed: Fed, memory: Memory, prepared: Prepared, state: State) -> Step:
        """The next step of every hypothesis."""

    def step(self, cues: Cues, memory: Memory, prepared: Prepared, state: State) -> Step:
        return self.advance(self.feed(cues.previous), memory, prepared, state)

    def walk(self, cues: Cues, memory: Memory, prepared: Prepared) -> Step:
        """All steps, one after another."""
        state, fed = self.start(memory), self.feed(cues.previous)
        made: list[Step] = []
        for time in range(cues.previous.shape[1]):
            made.append(self.advance(fed.at(time), memory, prepared, state))
            state = made[-1].state
        weights = [one.weights for one in made if one.weights is not None]
        centres = [one.centres for one in made if one.centres is not None]
        return Step(
            torch.cat([one.query for one in made], 1),
            (),
            torch.cat(weights, 2) if weights else None,
            torch.cat(centres, 1) if centres else None,
        )
