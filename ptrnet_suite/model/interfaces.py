"""The tuples that the parts of a model hand to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.layers.attention import KeysValues
from ptrnet_suite.model.layers.embedding_table import START, EmbeddingTable


class Memory(NamedTuple):
    """The inputs as an encoder has read them, for the decoder to attend to.

    states: `(batch, positions, width)`; mask: `(batch, positions)`; summary: `(batch, width)`;
    vectors: `(batch, positions, features)` where the inputs are vectors, else None;
    padding: `mask` as an additive mask, `(batch, 1, positions)`, or None where nothing is padded;
    copies: as in `Batch`.

    Positions are those of the inputs, and of an image the cells of its grid (see `grid_of`).
    """

    states: Tensor
    mask: Tensor
    summary: Tensor
    vectors: Tensor | None
    padding: Tensor | None
    copies: Tensor | None = None


State = tuple[Tensor, ...]
"""A decoder's state: tensors with one row per hypothesis, reordered by one index_select each."""


class DecoderInputs(NamedTuple):
    """What a decoder gets before each choice; `time` is steps in training, hypotheses in search.

    previous, first: embeddings of the last and of the first choice, `(batch, time, width)`, as
    `DecoderTables` holds them; summary: the memory's, `(batch, width)`.
    attention_biases: what each attention to the memory adds to its scores, `(batch, heads, time,
    positions)`, the mask of closed positions included; empty where no layer gets any.
    attention_mask: that mask where there are none, additive; broadcasts over `(batch, time,
    positions)`; None where only padding is closed.
    """

    previous: Tensor
    first: Tensor
    summary: Tensor
    attention_biases: tuple[Tensor, ...] = ()
    attention_mask: Tensor | None = None

    def bias_for(self, layer: int, memory: Memory) -> Tensor | None:
        """What a layer adds to its scores of the memory's positions."""
        if self.attention_biases:
            return self.attention_biases[layer]
        mask = memory.padding if self.attention_mask is None else self.attention_mask
        return None if mask is None else mask.unsqueeze(1)


class DecoderTables(NamedTuple):
    """Embeddings of all choices as a decoder wants them, made once per memory.

    previous, first: of what was chosen last and first; summary: `(batch, width)`.
    """

    previous: EmbeddingTable
    first: EmbeddingTable
    summary: Tensor

    def select(self, instances: Tensor) -> DecoderTables:
        """That of some instances, in that order and as often as named."""
        previous, first = self.previous.select(instances), self.first.select(instances)
        return DecoderTables(previous, first, self.summary[instances])


Prepared = tuple[KeysValues, ...] | tuple[Tensor, ...]
"""A decoder's projections of a memory, made once."""


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


class HeadInputs(NamedTuple):
    """What a head gets before each choice.

    query: `(batch, time, width)`; previous: the decoder's embedding of the last choice, of the same
    shape; weights: of the decoder's last attention to the memory, `(batch, heads, time,
    positions)`, or None; first_embedding: the first choice, embedded, `(batch, time, width)`, for a
    head that asks for it, else None; logit_bias: added to the logits, `(batch, time, choices)`, or
    None.
    """

    query: Tensor
    previous: Tensor
    weights: Tensor | None = None
    first_embedding: Tensor | None = None
    logit_bias: Tensor | None = None


class RelationTables(NamedTuple):
    """Of the inputs, what relations to earlier choices are made from; made once per memory.

    vectors: the choices' input vectors, zero where they have none. neighbours, unit: what
    `neighbourhoods` and `spacing` give, or None where local density is not seen.
    """

    vectors: EmbeddingTable
    neighbours: Tensor | None = None
    unit: Tensor | None = None

    def select(self, instances: Tensor) -> RelationTables:
        """Those of some instances, in that order and as often as named."""
        neighbours, unit = (
            None if part is None else part[instances] for part in (self.neighbours, self.unit)
        )
        return RelationTables(self.vectors.select(instances), neighbours, unit)


class Encoded(NamedTuple):
    """A memory and everything that is made of it once.

    decoder, head: what each projects; tables: the decoder's embeddings of all choices; choices: the
    head's own; relations: for the part of the model that sees relations, where it has one.
    """

    memory: Memory
    decoder: Prepared
    head: Tensor
    tables: DecoderTables
    choices: EmbeddingTable
    relations: RelationTables | None = None

    def select(self, instances: Tensor) -> Encoded:
        """Those of some instances, in that order and as often as named."""
        memory, decoder, head = mapped(
            (self.memory, self.decoder, self.head), lambda part: part.index_select(0, instances)
        )
        return Encoded(
            memory,
            decoder,
            head,
            self.tables.select(instances),
            self.choices.select(instances),
            None if self.relations is None else self.relations.select(instances),
        )


def mapped(part: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same nested tuples with `change` made to every tensor in them; None stays None."""
    if part is None:
        return None
    if isinstance(part, Tensor):
        return change(part)
    parts = [mapped(inner, change) for inner in part]
    return type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)


class Decoding(NamedTuple):
    """Where every hypothesis stands: its history `(rows,)` and its decoder state, rows first.

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
    """A model's probabilities and attention along given sequences.

    log_probabilities: of every choice, `(rows, time, choices)`; weights: of the last look at the
    memory, `(batch, heads, time, positions)`, or None without one, the time of all of an instance's
    sequences in one row; centres: `(batch, time)` of local alignments, else None.
    """

    log_probabilities: Tensor
    weights: Tensor | None
    centres: Tensor | None


class AutoregressiveModel(Protocol):
    """A model as searches see it: one network, several together, or a view of either.

    encoded: whatever `encode` gives; its `memory` holds the inputs' positions.
    """

    def encode(self, batch: Batch) -> Any:
        """Reads a batch once."""

    def num_choices(self, encoded: Any) -> int:
        """Number of choices at every step."""

    def start(self, encoded: Any) -> Decoding:
        """One hypothesis per instance, nothing chosen yet."""

    def step(self, encoded: Any, decoding: Decoding, allowed: Tensor) -> tuple[Tensor, Decoding]:
        """Log-probabilities `(rows, choices)` of the next choice, and the new states.

        rows: instances times hypotheses, all hypotheses of an instance together; allowed:
        `(rows, choices)`.
        """

    def step_topk(
        self, encoded: Any, decoding: Decoding, allowed: Tensor | None, count: int
    ) -> tuple[Tensor, Tensor, Decoding]:
        """As `step`, of the `count` most probable choices alone, and these, `(rows, count)`.

        allowed: None where all choices are, which spares large vocabularies a mask.
        """

    def narrow(self, encoded: Any, instances: Tensor) -> Any:
        """What `step` needs to go on with `instances` alone."""
