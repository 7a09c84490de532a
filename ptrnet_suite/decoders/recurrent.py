"""Recurrent decoders."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ptrnet_suite.attention import Attention
from ptrnet_suite.decoders.base import Cues, Decoder, DecoderConfig, Prepared, State, Step
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
        self.dropout = nn.Dropout(dropout)
        states = config.layers * (2 if self.lstm else 1)
        self.bridge = nn.Linear(width, states * width)
        self.attention = None if config.attention == "none" else Attention(config.attention, width)
        self.combine = nn.Linear(2 * width, width)

    def prepare(self, memory: Memory) -> Prepared:
        if self.attention is None:
            return ()
        return (self.attention.score.keys(memory.states),)

    def start(self, memory: Memory) -> State:
        width = memory.summary.shape[-1]
        initial = torch.tanh(self.bridge(memory.summary)).view(len(memory.summary), -1, width)
        fed = (torch.zeros_like(memory.summary),) if self.feeding else ()
        return (initial, *fed)

    def _run(self, inputs: Tensor, packed: Tensor) -> tuple[Tensor, Tensor]:
        """Runs the cell over `(rows, time, features)`.

        packed: `(rows, layers, width)` states, for an LSTM those of its cells behind them.
        """
        states = packed.transpose(0, 1).contiguous()
        if self.lstm:
            hidden, cell = states.split(self.layers)
            outputs, last = self.recurrent(inputs, (hidden.contiguous(), cell.contiguous()))
            return outputs, torch.cat(last).transpose(0, 1)
        outputs, last = self.recurrent(inputs, states)
        return outputs, last.transpose(0, 1)

    def _attend(
        self, states: Tensor, memory: Memory, prepared: Prepared
    ) -> tuple[Tensor, Tensor | None]:
        """The attentional vector tanh(W [context; state]) (Luong et al. 2015, eq. 5).

        And the weights of its context, `(batch, time, positions)`.
        """
        if self.attention is None:
            return self.dropout(states), None
        keys = prepared[0]
        assert isinstance(keys, Tensor)
        context, weights = self.attention(states, keys, memory.states, memory.closed)
        attended = torch.tanh(self.combine(torch.cat([context.to(states.dtype), states], -1)))
        return self.dropout(attended), weights

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
