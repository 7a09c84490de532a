"""Recurrent decoders."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from ptrnet_suite.attention import Attention
from ptrnet_suite.decoders.base import Cues, Decoder, DecoderConfig, Prepared, State, Step
from ptrnet_suite.dropout import Dropout
from ptrnet_suite.encoders import Memory


class RecurrentDecoder(Decoder):
    """LSTM or GRU whose state attends to the memory (Luong et al. 2015, sections 3 and 3.3).

    Without input feeding the states of a given sequence come from one pass and attend all at
    once. With attention `none` the state itself is the query, as in Vinyals et al. 2015, eq. 3.
    """

    def __init__(self, config: DecoderConfig, width: int, dropout: float) -> None:
        super().__init__()
        self.lstm = config.kind == "lstm"
        self.layers, self.feeding = config.layers, config.input_feeding
        cell = nn.LSTM if self.lstm else nn.GRU
        inputs = 2 * width if config.input_feeding else width
        self.recurrent = cell(
            inputs,
            width,
            num_layers=config.layers,
            batch_first=True,
            dropout=dropout if config.layers > 1 else 0.0,
        )
        self.dropout = Dropout(dropout)
        states = config.layers * (2 if self.lstm else 1)
        self.bridge = nn.Linear(width, states * width)
        self.attention = None if config.attention == "none" else Attention(config.attention, width)
        self.combine = nn.Linear(2 * width, width)

    def prepare(self, memory: Memory) -> Prepared:
        if self.attention is None:
            return ()
        # Values take the combining layer's part for the context, so that no step needs it again.
        context, _ = self.combine.weight.chunk(2, 1)
        values = nn.functional.linear(memory.states, context)
        return self.attention.score.keys(memory.states), values

    def start(self, memory: Memory) -> State:
        width = memory.summary.shape[-1]
        initial = torch.tanh(self.bridge(memory.summary)).view(len(memory.summary), -1, width)
        fed = (torch.zeros_like(memory.summary),) if self.feeding else ()
        return (initial, *fed)

    def _run(self, inputs: Tensor, packed: Tensor) -> tuple[Tensor, Tensor]:
        """Runs the cell over `(rows, time, features)`.

        packed: `(rows, layers, width)` states, for an LSTM those of its cells behind them.
        """
        states = [part.transpose(0, 1).contiguous() for part in packed.split(self.layers, 1)]
        outputs, last = self.recurrent(inputs, tuple(states) if self.lstm else states[0])
        parts = last if self.lstm else (last,)
        # A beam picks rows of this, so each must lie in one piece.
        return outputs, torch.cat([part.transpose(0, 1) for part in parts], 1)

    def _attend(
        self, states: Tensor, memory: Memory, prepared: Prepared
    ) -> tuple[Tensor, Tensor | None]:
        """The attentional vector tanh(W [context; state]) (Luong et al. 2015, eq. 5).

        And the weights of its context, `(batch, time, positions)`.
        """
        if self.attention is None:
            return self.dropout(states), None
        keys, values = cast("tuple[Tensor, Tensor]", prepared)
        context, weights = self.attention(states, keys, values, memory.closed)
        _, own = self.combine.weight.chunk(2, 1)
        combined = context + nn.functional.linear(states, own, self.combine.bias)
        return self.dropout(torch.tanh(combined)), weights

    def forward(self, cues: Cues, memory: Memory, prepared: Prepared) -> Tensor:
        state = self.start(memory)
        if not self.feeding:
            states, _ = self._run(self.dropout(cues.previous), state[0])
            return self._attend(states, memory, prepared)[0]
        queries = []
        for time in range(cues.previous.shape[1]):
            now = cues._replace(previous=cues.previous[:, time : time + 1])
            query, state, _ = self.step(now, memory, prepared, state)
            queries.append(query)
        return torch.cat(queries, 1)

    def step(self, cues: Cues, memory: Memory, prepared: Prepared, state: State) -> Step:
        batch, hypotheses, width = cues.previous.shape
        inputs = self.dropout(cues.previous).reshape(batch * hypotheses, 1, width)
        if self.feeding:
            inputs = torch.cat([inputs, state[1].unsqueeze(1)], -1)
        outputs, packed = self._run(inputs, state[0])
        query, weights = self._attend(outputs.view(batch, hypotheses, width), memory, prepared)
        fed = (query.reshape(batch * hypotheses, width),) if self.feeding else ()
        return Step(query, (packed, *fed), None if weights is None else weights.unsqueeze(1))
