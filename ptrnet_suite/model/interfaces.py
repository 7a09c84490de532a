"""What the parts of a model hand to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ptrnet_suite.model.layers.attention import KeysValues
from ptrnet_suite.model.layers.embedding_table import START, EmbeddingTable


class Memory(NamedTuple):
    """What the encoder leaves for the decoder.

    states: `(batch, positions, width)`; mask: `(batch, positions)`; summary: `(batch, width)`;
    vectors: `(batch, positions, features)` where the inputs are vectors, else None;
    closed: `mask` as an additive mask, `(batch, 1, positions)`, or None where nothing is padded;
    copies: as in `Batch`.

    Positions are those of the inputs, and of an image the cells of its grid (see `grid_of`).
    """

    states: Tensor
    mask: Tensor
    summary: Tensor
    vectors: Tensor | None
    closed: Tensor | None
    copies: Tensor | None = None


class LocalDensity(NamedTuple):
    """What `neighbourhoods` and `spacing` give of a memory's vectors."""

    neighbours: Tensor
    unit: Tensor


class ChoiceEmbeddings(NamedTuple):
    """What a head looks up, made once per memory.

    choices: embedded choices; vectors: their input vectors, zero where they have none.
    """

    choices: EmbeddingTable
    vectors: EmbeddingTable | None = None
    crowds: LocalDensity | None = None

    def select(self, instances: Tensor) -> ChoiceEmbeddings:
        """That of some instances, in that order and as often as named."""
        return ChoiceEmbeddings(
            self.choices.select(instances),
            None if self.vectors is None else self.vectors.select(instances),
            None
            if self.crowds is None
            else LocalDensity(*(part[instances] for part in self.crowds)),
        )


State = tuple[Tensor, ...]
"""A decoder's state: tensors with one row per hypothesis, reordered by one index_select each."""


class DecoderInputs(NamedTuple):
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


class DecoderTables(NamedTuple):
    """What a decoder can be told, made once per memory: see `DecoderInputs`."""

    previous: EmbeddingTable
    first: EmbeddingTable
    summary: Tensor

    def select(self, instances: Tensor) -> DecoderTables:
        """That of some instances, in that order and as often as named."""
        previous, first = self.previous.select(instances), self.first.select(instances)
        return DecoderTables(previous, first, self.summary[instances])


Prepared = tuple[KeysValues, ...] | tuple[Tensor, ...]
"""What a decoder projects once per memory."""


class DecoderOutput(NamedTuple):
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


class Encoded(NamedTuple):
    """A memory and everything that is made of it once.

    decoder, head: what each projects; told: what the decoder can be told of choices; sight: what
    the head looks up of them.
    """

    memory: Memory
    decoder: Prepared
    head: Tensor
    told: DecoderTables
    sight: ChoiceEmbeddings

    def select(self, instances: Tensor) -> Encoded:
        """Those of some instances, in that order and as often as named."""
        memory, decoder, head = mapped(
            (self.memory, self.decoder, self.head), lambda part: part.index_select(0, instances)
        )
        told, sight = self.told.select(instances), self.sight.select(instances)
        return Encoded(memory, decoder, head, told, sight)


def mapped(part: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same nested tuples with `change` made to every tensor in them; None stays None."""
    if part is None:
        return None
    if isinstance(part, Tensor):
        return change(part)
    parts = [mapped(inner, change) for inner in part]
    return type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)


class Decoding(NamedTuple):
    """Where every hypothesis stands: its trail `(rows,)` and its decoder state, rows first.

    attended: `(rows, positions)`, attention that each input has got so far, where a search began
    to count it with zeros; else None.
    """

    first: Tensor
    before: Tensor
    last: Tensor
    decoder: State
    attended: Tensor | None = None

    def select(self, rows: Tensor) -> Decoding:
        """The hypotheses at `rows`, in that order and as often as named."""
        return Decoding(
            self.first[rows],
            self.before[rows],
            self.last[rows],
            tuple(part.index_select(0, rows) for part in self.decoder),
            None if self.attended is None else self.attended[rows],
        )

    def advance(self, choice: Tensor) -> Decoding:
        """The same after `choice (rows,)`; the decoder state is already that of the step."""
        first = torch.where(self.first == START, choice, self.first)
        return self._replace(first=first, before=self.last, last=choice)


class Trace(NamedTuple):
    """What a model does along given sequences.

    log_probabilities: of every choice, `(rows, time, choices)`; weights: of the last look at the
    memory, `(batch, heads, time, positions)`, or None without one, the time of all of an instance's
    sequences in one row; centres: `(batch, time)` of local alignments, else None.
    """

    log_probabilities: Tensor
    weights: Tensor | None
    centres: Tensor | None
