"""Decoders: what was chosen so far, and the memory, to the query for the next choice.

Every decoder has two faces that must agree: `forward` sees a whole given sequence, in one pass
over time wherever the decoder allows it; `step` makes one step for many hypotheses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from ptrnet_suite.attention import (
    CLOSED,
    Attention,
    FeedForward,
    KeysValues,
    MultiHeadAttention,
)
from ptrnet_suite.encoders import Memory, sinusoids
from ptrnet_suite.errors import InputError
from ptrnet_suite.relations import channel_weights, mix_channels

State = tuple[Tensor, ...]
"""A decoder's state: tensors with one row per hypothesis, reordered by one index_select each."""


@dataclass(frozen=True)
class DecoderConfig:
    """How queries are made."""

    kind: Literal["glimpse", "transformer", "lstm", "gru"] = "glimpse"
    """glimpse (Kool et al. 2019), transformer, lstm or gru"""
    layers: int = 2
    """number of layers; for glimpse, of glimpses"""
    heads: int = 4
    """attention heads of glimpse and transformer layers"""
    feedforward: int = 4
    """hidden width of feed-forward parts, in multiples of the width"""
    attention: Literal["none", "dot", "general", "concat", "location", "scaled_dot"] = "general"
    """score by which a recurrent decoder looks at the memory"""
    input_feeding: bool = False
    """whether a recurrent decoder's last attentional vector enters its next step"""


class Cues(NamedTuple):
    """What a decoder is told before each choice; `time` is steps in training, hypotheses in search.

    previous, first: embedded choices `(batch, time, width)`.
    closed: additive mask of positions that may not be chosen, broadcasts over `(batch, time,
    positions)`, or None. relations: `(batch, hidden, time, choices)` or None, of which the first
    `offset` choices are no positions.
    """

    previous: Tensor
    first: Tensor
    closed: Tensor | None
    relations: Tensor | None
    offset: int = 0

    def of_positions(self) -> Tensor | None:
        """Relations of the positions alone."""
        return None if self.relations is None else self.relations[..., self.offset :]


Prepared = tuple[KeysValues, ...] | tuple[Tensor, ...]
"""What a decoder projects once per memory."""


class Decoder(nn.Module, ABC):
    """Makes queries `(batch, time, width)`."""

    @abstractmethod
    def prepare(self, memory: Memory) -> Prepared:
        """Projections of the memory that every step uses."""

    @abstractmethod
    def start(self, memory: Memory) -> State:
        """State before the first step, one row per instance."""

    @abstractmethod
    def forward(self, cues: Cues, memory: Memory, prepared: Prepared) -> Tensor:
        """Queries of a whole sequence."""

    @abstractmethod
    def step(
        self, cues: Cues, memory: Memory, prepared: Prepared, state: State
    ) -> tuple[Tensor, State]:
        """Queries of the next step for every hypothesis, and their new states."""


class GlimpseDecoder(Decoder):
    """The query is first, last and summary, refined by masked glimpses (Kool et al. 2019, sec. 3.2).

    Glimpses look only at what is still open and may see its relations to the last choices. There
    is no recurrence, so a sequence costs one pass.
    """

    def __init__(self, config: DecoderConfig, width: int, relations: int, dropout: float) -> None:
        super().__init__()
        self.combine = nn.Linear(3 * width, width)
        self.glimpses = nn.ModuleList(
            Glimpse(config, width, relations, dropout) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(width)

    def prepare(self, memory: Memory) -> Prepared:
        return tuple(layer.attention.keys_values(memory.states) for layer in self.glimpses)

    def start(self, memory: Memory) -> State:
        return ()

    def forward(self, cues: Cues, memory: Memory, prepared: Prepared) -> Tensor:
        summary = memory.summary.unsqueeze(1).expand_as(cues.previous)
        query = self.combine(torch.cat([cues.previous, cues.first, summary], -1))
        closed = memory.closed if cues.closed is None else cues.closed
        for glimpse, keys_values in zip(self.glimpses, prepared, strict=True):
            query = glimpse(query, keys_values, closed, cues.of_positions())
        normed: Tensor = self.norm(query)
        return normed

    def step(
        self, cues: Cues, memory: Memory, prepared: Prepared, state: State
    ) -> tuple[Tensor, State]:
        return self(cues, memory, prepared), state


class Glimpse(nn.Module):
    """One look at the open part of the memory, and a feed-forward part."""

    def __init__(self, config: DecoderConfig, width: int, relations: int, dropout: float) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, config.heads)
        self.norm_feedforward = nn.LayerNorm(width)
        self.feedforward = FeedForward(width, config.feedforward * width, dropout)
        self.relate = channel_weights(config.heads, relations) if relations else None
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, query: Tensor, memory: KeysValues, closed: Tensor | None, relations: Tensor | None
    ) -> Tensor:
        bias = None if closed is None else closed.unsqueeze(1)
        if self.relate is not None and relations is not None:
            related = mix_channels(self.relate, relations)
            bias = related if bias is None else bias + related
        query = query + self.dropout(self.attention(self.norm_attention(query), memory, bias))
        refined: Tensor = query + self.dropout(self.feedforward(self.norm_feedforward(query)))
        return refined


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
        """Runs the cell over `(rows, time, features)` from states packed as `(rows, 1 or 2 x layers,
        width)`."""
        states = packed.transpose(0, 1).contiguous()
        if self.lstm:
            hidden, cell = states.split(self.layers)
            outputs, last = self.recurrent(inputs, (hidden.contiguous(), cell.contiguous()))
            return outputs, torch.cat(last).transpose(0, 1)
        outputs, last = self.recurrent(inputs, states)
        return outputs, last.transpose(0, 1)

    def _attend(self, states: Tensor, memory: Memory, prepared: Prepared) -> Tensor:
        """The attentional vector tanh(W [context; state]) (Luong et al. 2015, eq. 5)."""
        if self.attention is None:
            return self.dropout(states)
        keys = prepared[0]
        assert isinstance(keys, Tensor)
        context, _ = self.attention(states, keys, memory.states, memory.closed)
        attended = torch.tanh(self.combine(torch.cat([context.to(states.dtype), states], -1)))
        return self.dropout(attended)

    def forward(self, cues: Cues, memory: Memory, prepared: Prepared) -> Tensor:
        state = self.start(memory)
        if not self.feeding:
            states, _ = self._run(self.dropout(cues.previous), state[0])
            return self._attend(states, memory, prepared)
        queries = []
        for time in range(cues.previous.shape[1]):
            now = cues._replace(previous=cues.previous[:, time : time + 1])
            query, state = self.step(now, memory, prepared, state)
            queries.append(query)
        return torch.cat(queries, 1)

    def step(
        self, cues: Cues, memory: Memory, prepared: Prepared, state: State
    ) -> tuple[Tensor, State]:
        batch, hypotheses, width = cues.previous.shape
        inputs = self.dropout(cues.previous).reshape(batch * hypotheses, 1, width)
        if self.feeding:
            inputs = torch.cat([inputs, state[1].unsqueeze(1)], -1)
        outputs, packed = self._run(inputs, state[0])
        query = self._attend(outputs.view(batch, hypotheses, width), memory, prepared)
        fed = (query.reshape(batch * hypotheses, width),) if self.feeding else ()
        return query, (packed, *fed)


class TransformerDecoder(Decoder):
    """Causal self-attention and attention to the memory (Vaswani et al. 2017, section 3.1)."""

    def __init__(self, config: DecoderConfig, width: int, relations: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            TransformerDecoderLayer(config, width, relations, dropout) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        self.heads = config.heads

    def prepare(self, memory: Memory) -> Prepared:
        return tuple(layer.look.attention.keys_values(memory.states) for layer in self.layers)

    def start(self, memory: Memory) -> State:
        batch, _, width = memory.states.shape
        empty = memory.states.new_zeros(batch, self.heads, 0, width // self.heads)
        return tuple(empty for _ in range(2 * len(self.layers)))

    def _positioned(self, previous: Tensor, order: Tensor) -> Tensor:
        return self.dropout(previous + sinusoids(order, previous.shape[-1]))

    def forward(self, cues: Cues, memory: Memory, prepared: Prepared) -> Tensor:
        time = cues.previous.shape[1]
        order = torch.arange(time, device=cues.previous.device)
        later = torch.full((time, time), CLOSED, device=order.device).triu(1)
        query = self._positioned(cues.previous, order)
        closed = memory.closed if cues.closed is None else cues.closed
        for layer, keys_values in zip(self.layers, prepared, strict=True):
            normed = layer.norm_self(query)
            own = layer.attention.keys_values(normed)
            query = query + layer.dropout(layer.attention(normed, own, later))
            query = layer.look(query, keys_values, closed, cues.of_positions())
        return self.norm(query)

    def step(
        self, cues: Cues, memory: Memory, prepared: Prepared, state: State
    ) -> tuple[Tensor, State]:
        batch, hypotheses, width = cues.previous.shape
        order = torch.tensor(state[0].shape[2], device=cues.previous.device)
        query = self._positioned(cues.previous, order)
        closed = memory.closed if cues.closed is None else cues.closed
        caches: list[Tensor] = []
        for index, (layer, keys_values) in enumerate(zip(self.layers, prepared, strict=True)):
            normed = layer.norm_self(query).view(batch * hypotheses, 1, width)
            new = layer.attention.keys_values(normed)
            own = KeysValues(
                torch.cat([state[2 * index], new.keys], 2),
                torch.cat([state[2 * index + 1], new.values], 2),
            )
            caches += own
            query = query + layer.attention(normed, own).view(batch, hypotheses, width)
            query = layer.look(query, keys_values, closed, cues.of_positions())
        return self.norm(query), tuple(caches)


class TransformerDecoderLayer(nn.Module):
    """Self-attention over earlier choices, then a look at the memory."""

    def __init__(self, config: DecoderConfig, width: int, relations: int, dropout: float) -> None:
        super().__init__()
        self.norm_self = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, config.heads)
        self.look = Glimpse(config, width, relations, dropout)
        self.dropout = nn.Dropout(dropout)


def make_decoder(config: DecoderConfig, width: int, relations: int, dropout: float) -> Decoder:
    """The decoder of that kind; raises InputError for an unknown one."""
    if config.kind == "glimpse":
        return GlimpseDecoder(config, width, relations, dropout)
    if config.kind == "transformer":
        return TransformerDecoder(config, width, relations, dropout)
    if config.kind in ("lstm", "gru"):
        return RecurrentDecoder(config, width, dropout)
    raise InputError(
        f"there is no decoder {config.kind!r}; there are glimpse, transformer, lstm, gru"
    )
