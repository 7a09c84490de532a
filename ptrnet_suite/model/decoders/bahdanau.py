"""Bahdanau's decoder: the state before attends to the memory, and its context enters the cell."""

from __future__ import annotations

from typing import cast, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders.readout import Readout
from ptrnet_suite.model.decoders.recurrent import RecurrentDecoder, StepInputs
from ptrnet_suite.model.interfaces import DecoderInputs, DecoderOutput, Memory, Prepared, State
from ptrnet_suite.model.layers.attention import Attention
from ptrnet_suite.model.layers.dropout import Dropout


@final
class BahdanauDecoder(RecurrentDecoder):
    """A GRU with the context as an input (Bahdanau et al. 2014, appendix A.2.2).

    The state before the step is the attention's query; reset, update and new state see the previous
    choice, the state before and the context; the maxout readout sees the same three. With the
    readout `tanh` it sees the new state and the context, as in Luong et al. 2015.
    """

    def __init__(self, config: DecoderConfig, width: int, dropout: float) -> None:
        super().__init__(config, width, dropout)
        if config.layers != 1 or config.attention == "none" or config.input_feeding:
            raise InputError(
                f"a bahdanau decoder has one layer, an attention and no input feeding; given are "
                f"layers {config.layers}, attention {config.attention!r}, input_feeding "
                f"{config.input_feeding}"
            )
        self.attention = Attention(
            config.attention, width, config.alignment, config.window, config.coverage
        )
        self.of_previous = nn.Linear(width, 3 * width)
        self.of_context = nn.Linear(width, 3 * width, bias=False)
        self.gates = nn.Linear(width, 2 * width, bias=False)
        self.candidate = nn.Linear(width, width, bias=False)
        self.bridge = nn.Linear(width, width)
        self.combine = Readout("maxout" if config.readout == "paper" else config.readout, width)
        self.dropout = Dropout(dropout)
        self.width = width

    def prepare(self, memory: Memory) -> Prepared:
        # A context is a weighted sum, so its projections are sums of the projected states.
        values = torch.cat(
            [self.of_context(memory.states), self.combine.of_context(memory.states)], -1
        )
        return self.attention.score.keys(memory.states), values

    def start(self, memory: Memory) -> State:
        return (torch.tanh(self.bridge(memory.summary)), *self.attention.start(memory.mask))

    def forward(self, inputs: DecoderInputs, memory: Memory, prepared: Prepared) -> DecoderOutput:
        return self.step_through(inputs, memory, prepared)

    def feed(self, previous: Float[Tensor, "batch time width"]) -> StepInputs:
        previous = self.dropout(previous)
        return StepInputs(self.of_previous(previous), self.combine.of_previous(previous))

    def advance(
        self, inputs: StepInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        before = state[0].view(*inputs.cell.shape[:2], self.width)
        keys, values = cast("tuple[Tensor, Tensor]", prepared)
        attended, carried = self.attention.step(before, keys, values, memory.padding, state[1:])
        of_cell, of_readout = attended.context.split(
            [3 * self.width, attended.context.shape[-1] - 3 * self.width], -1
        )
        after = self._cell(inputs.cell + of_cell, before)
        state_read = before if self.combine.takes_pairs else after
        query = self.dropout(self.combine.read(of_readout, state_read, inputs.readout))
        weights = attended.weights.unsqueeze(1)
        return DecoderOutput(query, (after.flatten(0, 1), *carried), weights, attended.centres)

    def _cell(
        self, share: Float[Tensor, "batch time gates"], before: Float[Tensor, "batch time width"]
    ) -> Float[Tensor, "batch time width"]:
        """The new state; share: of choice and context in reset, update and candidate."""
        gates, new = share.float().split([2 * self.width, self.width], -1)
        reset, update = torch.sigmoid(gates + self.gates(before)).chunk(2, -1)
        candidate = torch.tanh(new + self.candidate(reset * before))
        return before + update * (candidate - before)
