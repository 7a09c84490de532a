"""What every decoder is told and gives: what was chosen so far, to the query for the next choice.

Every decoder has two faces that must agree: `forward` sees a whole given sequence, in one pass
over time wherever the decoder allows it; `step` makes one step for many hypotheses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

from torch import Tensor, nn

from ptrnet_suite.model.encoders import Memory
from ptrnet_suite.model.layers.attention import KeysValues
from ptrnet_suite.model.layers.embedding_table import Lookup

State = tuple[Tensor, ...]
"""A decoder's state: tensors with one row per hypothesis, reordered by one index_select each."""


@dataclass(frozen=True)
class DecoderConfig:
    """How queries are made."""

    kind: Literal["glimpse", "transformer", "lstm", "gru", "bahdanau"] = "glimpse"
    """glimpse (Kool et al. 2019), transformer, lstm or gru (Luong et al. 2015, attention from the
    current state), bahdanau (Bahdanau et al. 2014, attention from the state before)"""
    layers: int = 2
    """number of layers; for glimpse, of glimpses"""
    heads: int = 4
    """attention heads of glimpse and transformer layers"""
    feedforward: int = 4
    """hidden width of feed-forward parts, in multiples of the width"""
    attention: Literal["none", "dot", "general", "concat", "location", "scaled_dot"] = "general"
    """score by which a recurrent decoder looks at the memory"""
    input_feeding: bool = False
    """whether the last attentional vector of an lstm or gru enters its next step"""
    alignment: Literal["global", "local_m", "local_p"] = "global"
    """where the inputs are looked at: everywhere, around the step's own number, or around a centre
    that the query predicts"""
    window: int = 10
    """positions to either side of the centre of a local alignment"""
    coverage: bool = False
    """whether a recurrent decoder's attention knows how much each input had so far (See et al.
    2017)"""
    readout: Literal["paper", "tanh", "maxout"] = "paper"
    """how state and context make the query: tanh as in Luong et al. 2015, maxout as in Bahdanau et
    al. 2014, or as in the paper of `kind`"""


class Cues(NamedTuple):
    """What a decoder is told before each choice; `time` is steps in training, hypotheses in search.

    previous, first: what the decoder is told of the last choice and of the first one, `(batch,
    time, width)`; summary: and of the memory, `(batch, width)`.
    home: embedded first choices `(batch, time, width)`, where the head asks for them.
    looks: what is added to the scores of each look at the memory that sees relations, `(batch,
    heads, time, positions)`, the mask of closed positions included. bias: the relations' share of
    the logits, `(batch, time, choices)`, or None.
    closed: that mask where no relations are seen; broadcasts over `(batch, time, positions)`.
    """

    previous: Tensor
    first: Tensor
    summary: Tensor
    home: Tensor | None = None
    looks: tuple[Tensor, ...] = ()
    bias: Tensor | None = None
    closed: Tensor | None = None

    def look(self, layer: int, memory: Memory) -> Tensor | None:
        """What a layer adds to its scores of the memory's positions."""
        if self.looks:
            return self.looks[layer]
        closed = memory.closed if self.closed is None else self.closed
        return None if closed is None else closed.unsqueeze(1)


class Told(NamedTuple):
    """What a decoder can be told, made once per memory: see `Cues`."""

    previous: Lookup
    first: Lookup
    summary: Tensor

    def select(self, instances: Tensor) -> Told:
        """That of some instances, in that order and as often as named."""
        previous, first = self.previous.select(instances), self.first.select(instances)
        return Told(previous, first, self.summary[instances])


Prepared = tuple[KeysValues, ...] | tuple[Tensor, ...]
"""What a decoder projects once per memory."""


class Step(NamedTuple):
    """One step of every hypothesis.

    query: `(batch, hypotheses, width)`; state: the new one; weights: of the last look at the
    memory, `(batch, heads, hypotheses, positions)`, or None for a decoder that never looks;
    centres: `(batch, hypotheses)`, where a local alignment looked, else None. What stands for
    hypotheses here is time where a whole sequence is given; the state is then empty.
    """

    query: Tensor
    state: State
    weights: Tensor | None
    centres: Tensor | None = None


class Decoder(nn.Module, ABC):
    """Makes queries `(batch, time, width)`."""

    remembers: ClassVar[bool] = True
    """Whether a query depends on earlier steps beyond what its cues tell."""

    @property
    def relating(self) -> list[Tensor]:
        """Weights `(heads, hidden)` by which each look at the memory sees relations."""
        return []

    def tell(self, choices: Lookup, memory: Memory) -> Told:
        """What it is told of embedded choices."""
        return Told(choices, choices, memory.summary)

    @abstractmethod
    def prepare(self, memory: Memory) -> Prepared:
        """Projections of the memory that every step uses."""

    @abstractmethod
    def start(self, memory: Memory) -> State:
        """State before the first step, one row per instance."""

    @abstractmethod
    def forward(self, cues: Cues, memory: Memory, prepared: Prepared) -> Step:
        """All steps of a whole sequence."""

    @abstractmethod
    def step(self, cues: Cues, memory: Memory, prepared: Prepared, state: State) -> Step:
        """The next step of every hypothesis."""
