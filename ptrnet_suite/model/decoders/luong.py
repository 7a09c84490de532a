"""Luong's decoder: a recurrent state that attends to the memory."""

from __future__ import annotations

from typing import cast, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders.cells import gru_step, input_share, lstm_step
from ptrnet_suite.model.decoders.readout import Readout
from ptrnet_suite.model.decoders.recurrent import RecurrentDecoder, StepInputs
from ptrnet_suite.model.interfaces import DecoderInputs, DecoderOutput, Memory, Prepared, State
from ptrnet_suite.model.layers.attention import Attended, Attention
from ptrnet_suite.model.layers.dropout import Dropout


@final
class LuongDecoder(RecurrentDecoder):
    """LSTM or GRU whose current state attends to the memory (Luong et al. 2015, sections 3, 3.3).

    Without input feeding and coverage the states of a given sequence come from one pass and attend
    all at once. With attention `none` the state itself is the query (Sutskever et al. 2014; also
    Vinyals et al. 2015, eq. 3).
    """

    def __init__(self, config: DecoderConfig, width: int, dropout: float) -> None:
        super().__init__(config, width, dropout)
        self.layers = config.layers
        cell = nn.LSTM if config.kind == "lstm" else nn.GRU
        self.recurrent = cell(
            width,
            width,
            num_layers=config.layers,
            batch_first=True,
            dropout=dropout if config.layers > 1 else 0.0,
        )
        gates = (4 if config.kind == "lstm" else 3) * width
        # The attentional vector's share of the gates; its own layer, as its steps are.
        self.fed = nn.Linear(width, gates, bias=False) if config.input_feeding else None
        self.dropout = Dropout(dropout)
        self.bridge = nn.Linear(width, config.layers * (2 if self.lstm else 1) * width)
        self.attention: Attention | None = None
        if config.attention != "none":
            self.attention = Attention(
                config.attention, width, config.alignment, config.window, config.coverage
            )
        self.combine = Readout("tanh" if config.readout == "paper" else config.readout, width)

    @property
    def lstm(self) -> bool:
        """Whether the cell is an LSTM's."""
        return isinstance(self.recurrent, nn.LSTM)

    def prepare(self, memory: Memory) -> Prepared:
        if self.attention is None:
            return ()
        return self.attention.score.keys(memory.states), self.combine.of_context(memory.states)

    def start(self, memory: Memory) -> State:
        width = memory.summary.shape[-1]
        initial = torch.tanh(self.bridge(memory.summary)).view(len(memory.summary), -1, width)
        fed = (torch.zeros_like(memory.summary),) if self.fed is not None else ()
        carried = () if self.attention is None else self.attention.start(memory.mask)
        return (initial, *fed, *carried)

    def forward(self, inputs: DecoderInputs, memory: Memory, prepared: Prepared) -> DecoderOutput:
        if self.fed is not None or (self.attention is not None and self.attention.remembers):
            return self.step_through(inputs, memory, prepared)
        previous = self.dropout(inputs.previous)
        packed = self.start(memory)[0]
        initial = [part.transpose(0, 1).contiguous() for part in packed.split(self.layers, 1)]
        states, _ = self.recurrent(previous, tuple(initial) if self.lstm else initial[0])
        if self.attention is None:
            return DecoderOutput(self.dropout(states), (), None)
        keys, values = cast("tuple[Tensor, Tensor]", prepared)
        attended = self.attention(states, keys, values, memory.padding)
        return self._read(attended, states, self.combine.of_previous(previous), ())

    def feed(self, previous: Float[Tensor, "batch time width"]) -> StepInputs:
        previous = self.dropout(previous)
        return StepInputs(input_share(self.recurrent, previous), self.combine.of_previous(previous))

    def advance(
        self, inputs: StepInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        batch, hypotheses, _ = inputs.cell.shape
        share, packed, carried = inputs.cell.flatten(0, 1), state[0], state[1:]
        if self.fed is not None:
            share, carried = share + self.fed(state[1]), state[2:]
        top, packed = self._run(share, packed)
        states = top.view(batch, hypotheses, -1)
        if self.attention is None:
            return DecoderOutput(self.dropout(states), (packed,), None)
        keys, values = cast("tuple[Tensor, Tensor]", prepared)
        attended, carried = self.attention.step(states, keys, values, memory.padding, carried)
        output = self._read(attended, states, inputs.readout, carried)
        fed = (output.query.flatten(0, 1),) if self.fed is not None else ()
        return output._replace(state=(packed, *fed, *carried))

    def _run(
        self, share: Float[Tensor, "rows gates"], packed: Float[Tensor, "rows layers width"]
    ) -> tuple[Float[Tensor, "rows width"], Float[Tensor, "rows layers width"]]:
        """The top state of one step, and the states of all layers.

        packed: the layers' states, for an LSTM those of its cells behind them.
        """
        states: list[Tensor] = []
        cells: list[Tensor] = []
        for layer in range(self.layers):
            if layer:
                share = input_share(self.recurrent, self.dropout(states[-1]), layer)
            before = packed[:, layer]
            if isinstance(self.recurrent, nn.LSTM):
                cell = packed[:, self.layers + layer]
                after, cell = lstm_step(self.recurrent, share, before, cell, layer)
                cells.append(cell)
            else:
                after = gru_step(self.recurrent, share, before, layer)
            states.append(after)
        return states[-1], torch.stack([*states, *cells], 1)

    def _read(
        self,
        attended: Attended,
        states: Float[Tensor, "batch time width"],
        previous: Float[Tensor, "batch time size"] | None,
        carried: State,
    ) -> DecoderOutput:
        """The attentional vector as the query (Luong et al. 2015, eq. 5)."""
        query = self.dropout(self.combine.read(attended.context, states, previous))
        return DecoderOutput(query, carried, attended.weights.unsqueeze(1), attended.centres)
