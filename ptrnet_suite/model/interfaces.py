"""The tuples that the parts of a model hand to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ptrnet_suite.model.layers.attention import KeysValues
from ptrnet_suite.model.layers.embedding_table import START, EmbeddingTable

FLOAT = 4
"""Bytes of a number."""


@final
class Memory(NamedTuple):
    """The inputs as an encoder has read them, for the decoder to attend to.

    vectors: the inputs where they are vectors, else None; padding: `mask` as an additive mask, None
    where nothing is padded; copies: as in `Batch`.

    Positions are those of the inputs, and of an image the cells of its grid (see `grid_of`).
    """

    states: Float[Tensor, "batch positions width"]
    mask: Bool[Tensor, "batch positions"]
    summary: Float[Tensor, "batch width"]
    vectors: Float[Tensor, "batch positions features"] | None
    padding: Float[Tensor, "batch 1 positions"] | None
    copies: Int[Tensor, "batch positions"] | None = None


State = tuple[Float[Tensor, "rows ..."], ...]
"""A decoder's state: tensors with one row per hypothesis, reordered by one index_select each."""


@final
class DecoderInputs(NamedTuple):
    """A decoder's inputs before each choice; `time` is steps in training, hypotheses in search.

    previous, first: embeddings of the last and of the first choice, as `DecoderTables` holds them;
    summary: the memory's. attention_biases: what each attention to the memory adds to its scores,
    the mask of closed positions included; empty where no layer gets any. attention_mask: that mask
    where there are none, additive; None where only padding is closed.
    """

    previous: Float[Tensor, "batch time width"]
    first: Float[Tensor, "batch time width"]
    summary: Float[Tensor, "batch width"]
    attention_biases: tuple[Float[Tensor, "batch heads time positions"], ...] = ()
    attention_mask: Float[Tensor, "batch time positions"] | None = None

    def bias_for(
        self, layer: int, memory: Memory
    ) -> Float[Tensor, " batch #heads #time positions"] | None:
        """Added to a layer's scores of the memory's positions."""
        if self.attention_biases:
            return self.attention_biases[layer]
        mask = memory.padding if self.attention_mask is None else self.attention_mask
        return None if mask is None else mask.unsqueeze(1)


@final
class DecoderTables(NamedTuple):
    """Embeddings of all choices as a decoder wants them, made once per memory.

    previous, first: of the choices made last and first.
    """

    previous: EmbeddingTable
    first: EmbeddingTable
    summary: Float[Tensor, "batch width"]

    def select(self, instances: Int[Tensor, " instances"]) -> DecoderTables:
        """That of some instances, in that order and as often as named."""
        previous, first = self.previous.select(instances), self.first.select(instances)
        return DecoderTables(previous, first, self.summary[instances])


Prepared = tuple[KeysValues, ...] | tuple[Float[Tensor, "batch positions _"], ...]
"""A decoder's projections of a memory, made once."""


@final
class DecoderOutput(NamedTuple):
    """Queries of a whole sequence, whose state is empty, or of one step of every hypothesis.

    `time` is hypotheses in search. weights: of the last attention to the memory, None for a decoder
    that does not attend; centres: of a local alignment's windows, else None.
    """

    query: Float[Tensor, "batch time width"]
    state: State
    weights: Float[Tensor, "batch heads time positions"] | None
    centres: Float[Tensor, "batch time"] | None = None


@final
class HeadInputs(NamedTuple):
    """A head's inputs before each choice.

    previous: the decoder's embedding of the last choice; weights: of the decoder's last attention
    to the memory; first_embedding: the first choice, embedded, for a head that asks for it;
    logit_bias: added to the logits.
    """

    query: Float[Tensor, "batch time width"]
    previous: Float[Tensor, "batch time width"]
    weights: Float[Tensor, "batch heads time positions"] | None = None
    first_embedding: Float[Tensor, "batch time width"] | None = None
    logit_bias: Float[Tensor, "batch time choices"] | None = None


@final
class RelationTables(NamedTuple):
    """Tables of the inputs from which relations to earlier choices are made, once per memory.

    vectors: the choices' input vectors, zero where they have none. neighbours, unit: as
    `neighbourhoods` and `spacing` give them, None where local density is not seen.
    """

    vectors: EmbeddingTable
    neighbours: Float[Tensor, "batch positions reaches positions"] | None = None
    unit: Float[Tensor, " batch"] | None = None

    def select(self, instances: Int[Tensor, " instances"]) -> RelationTables:
        """Those of some instances, in that order and as often as named."""
        neighbours, unit = (
            None if part is None else part[instances] for part in (self.neighbours, self.unit)
        )
        return RelationTables(self.vectors.select(instances), neighbours, unit)


@final
class Encoded(NamedTuple):
    """A memory and everything that is made of it once.

    decoder, head: the projections of each, `(batch, ...)`; tables: the decoder's embeddings of all
    choices; choices: the head's own; relations: for the part of the model that sees relations,
    where it has one.
    """

    memory: Memory
    decoder: Prepared
    head: Float[Tensor, "batch ..."]
    tables: DecoderTables
    choices: EmbeddingTable
    relations: RelationTables | None = None

    def select(self, instances: Int[Tensor, " instances"]) -> Encoded:
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
    """The same nested tuples with `change` applied to every tensor in them; None stays None."""
    if part is None:
        return None
    if isinstance(part, Tensor):
        return change(part)
    parts = [mapped(inner, change) for inner in part]
    return type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)


@final
class Decoding(NamedTuple):
    """The history and the decoder state of every hypothesis, one row each.

    attended: attention that each input has got so far, where a search began to count it with zeros;
    else None.
    """

    first: Int[Tensor, " rows"]
    before: Int[Tensor, " rows"]
    last: Int[Tensor, " rows"]
    decoder: State
    attended: Float[Tensor, "rows positions"] | None = None

    def select(self, rows: Int[Tensor, " selected"]) -> Decoding:
        """The hypotheses at `rows`, in that order and as often as named."""
        return Decoding(
            self.first[rows],
            self.before[rows],
            self.last[rows],
            tuple(part.index_select(0, rows) for part in self.decoder),
            None if self.attended is None else self.attended[rows],
        )

    def advance(self, choice: Int[Tensor, " rows"]) -> Decoding:
        """The same after a choice; the decoder state is already that of the step."""
        first = torch.where(self.first == START, choice, self.first)
        return self._replace(first=first, before=self.last, last=choice)


@final
class Trace(NamedTuple):
    """A model's probabilities and attention along given sequences.

    log_probabilities: of every choice; weights: of the last attention to the memory, None without
    one; centres: of local alignments' windows, else None. Attention has the steps of all of an
    instance's sequences in one row.
    """

    log_probabilities: Float[Tensor, "rows time choices"]
    weights: Float[Tensor, "batch heads steps positions"] | None
    centres: Float[Tensor, "batch steps"] | None
