"""The whole network on one page: encoder, decoder and head, for text and points alike."""

from __future__ import annotations

from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.decoders import make_decoder
from ptrnet_suite.model.encoders import Encoder
from ptrnet_suite.model.heads import make_head
from ptrnet_suite.model.heads.vocabulary import VocabularyHead
from ptrnet_suite.model.interfaces import (
    FLOAT,
    DecoderInputs,
    DecoderOutput,
    Decoding,
    Encoded,
    HeadInputs,
    Trace,
)
from ptrnet_suite.model.layers.embedding_table import START
from ptrnet_suite.model.layers.relations import ChoiceHistory, shifted_history
from ptrnet_suite.model.layers.topk import topk, topk_log_softmax
from ptrnet_suite.model.relation_biases import Biases, RelationBiases
from ptrnet_suite.model.sequence_model import SequenceModel
from ptrnet_suite.runtime.parse_config import check_config
from ptrnet_suite.task.spec import Spec

FORBIDDEN = float("-inf")


@final
class Seq2Seq(SequenceModel):
    """Reads a sequence or a set, writes by attention.

    Raises InputError for a config that no network can be made of.
    """

    def __init__(self, config: ModelConfig, spec: Spec) -> None:
        super().__init__()
        config = check_config(config)
        self.config, self.spec = config, spec
        self.encoder = Encoder(config.encoder, spec, config.width, config.dropout)
        self.decoder = make_decoder(config.decoder, config.width, config.dropout)
        self.head = make_head(spec, config.head, config.width)
        layers, heads = self.decoder.biased_layers, config.decoder.heads
        points = spec.outputs == "pointer"
        self.relations = RelationBiases(spec, config.head, layers, heads) if points else None

    def encode(self, batch: Batch) -> Encoded:
        """Reads a batch once; everything later uses this."""
        memory = self.encoder(batch)
        choices = self.head.embeddings(memory)
        return Encoded(
            memory,
            self.decoder.prepare(memory),
            self.head.prepare(memory),
            self.decoder.tabulate(choices, memory),
            choices,
            None if self.relations is None else self.relations.tables(memory),
        )

    def decoding_bytes(self, instances: int, positions: int, rows: int) -> float:
        """The states of the inputs, and what grows with their square or with the hypotheses."""
        states = float(FLOAT * self.config.width * instances * positions)
        plain = super().decoding_bytes(instances, positions, rows) + states
        if self.relations is None:
            return plain
        return plain + self.relations.decoding_bytes(instances, positions, rows)

    def num_choices(self, encoded: Encoded) -> int:
        """Number of choices at every step."""
        return self.head.num_choices(encoded.memory)

    def narrow(self, encoded: Encoded, instances: Int[Tensor, " instances"]) -> Encoded:
        """The encoded batch of some instances alone, for `step` to go on with."""
        return encoded.select(instances)

    def num_choices_of(self, batch: Batch) -> int:
        """Number of choices at every step, before encoding."""
        if self.spec.outputs == "vocabulary":
            return self.spec.choices + (batch.inputs.shape[1] if self.spec.copies else 0)
        return batch.inputs.shape[1] + int(self.spec.ends)

    def forward(
        self,
        batch: Batch,
        targets: Int[Tensor, "batch time"],
        allowed: Bool[Tensor, "batch time choices"],
    ) -> Float[Tensor, "batch time choices"]:
        """Log-probabilities of every choice along given sequences (teacher forcing)."""
        return self.along(self.encode(batch), targets, allowed)

    def along(
        self,
        encoded: Encoded,
        targets: Int[Tensor, "rows time"],
        allowed: Bool[Tensor, "rows time choices"],
    ) -> Float[Tensor, "rows time choices"]:
        """The same for a batch that was read already, with any number of sequences per instance.

        rows: all sequences of an instance together.
        """
        return self.trace(encoded, targets, allowed).log_probabilities

    def trace(
        self,
        encoded: Encoded,
        targets: Int[Tensor, "rows time"],
        allowed: Bool[Tensor, "rows time choices"],
    ) -> Trace:
        """The same, and where the inputs were attended to on the way."""
        batch, history = len(encoded.memory.mask), shifted_history(targets)
        grouped = allowed
        if len(targets) > batch and self.decoder.remembers:
            instances = torch.arange(batch, device=targets.device)
            encoded = encoded.select(instances.repeat_interleave(len(targets) // batch))
        elif len(targets) > batch:
            # Such queries know nothing of each other, so sequences may stand one after another.
            history = ChoiceHistory(*(part.reshape(batch, -1) for part in history))
            grouped = allowed.reshape(batch, -1, allowed.shape[2])
        grouped = self._present(encoded, grouped)
        inputs, biases = self._inputs(encoded, history, grouped)
        output = self.decoder(inputs, encoded.memory, encoded.decoder)
        logits = self._logits(encoded, history, inputs, output, biases).float()
        scores = torch.log_softmax(logits.masked_fill(~grouped, FORBIDDEN), -1).view_as(allowed)
        return Trace(scores, output.weights, output.centres)

    def cross_entropy(
        self,
        encoded: Encoded,
        targets: Int[Tensor, "batch time"],
        mask: Bool[Tensor, "batch time"],
        smoothing: float = 0.0,
    ) -> tuple[Float[Tensor, ""], Float[Tensor, "batch heads time positions"] | None]:
        """Mean loss of the targets where `mask` is True, and the weights of `trace`.

        For a vocabulary of which everything is allowed, so that no choices are masked and only what
        counts is scored. `smoothing`: the share of the target that all choices get (Szegedy et al.
        2016, section 7). Raises InputError where choices are not words alone.
        """
        if not isinstance(self.head, VocabularyHead):
            raise InputError("this loss is one of words, and this model points at its inputs")
        inputs, _ = self._inputs(encoded, shifted_history(targets), None)
        output = self.decoder(inputs, encoded.memory, encoded.decoder)
        logits = self.head.word_logits(output.query[mask]).float()
        loss = nn.functional.cross_entropy(logits, targets[mask], label_smoothing=smoothing)
        return loss, output.weights

    def _present(
        self, encoded: Encoded, allowed: Bool[Tensor, "batch time choices"]
    ) -> Bool[Tensor, "batch time choices"]:
        """The allowed choices that instances have: no constraint can open their padding."""
        missing = self.head.missing(encoded.memory)
        return allowed if missing is None else allowed & ~missing.unsqueeze(1)

    def _inputs(
        self,
        encoded: Encoded,
        history: ChoiceHistory,
        allowed: Bool[Tensor, "batch time choices"] | None,
    ) -> tuple[DecoderInputs, Biases]:
        """The decoder's inputs before each choice, and the biases that are in them.

        allowed: None where all choices are.
        """
        tables = encoded.tables
        biases = Biases((), None, None)
        if self.relations is not None and allowed is not None:
            biases = self.relations(history, allowed, encoded.memory, encoded.relations)
        inputs = DecoderInputs(
            tables.previous(history.last), tables.first(history.first), tables.summary, *biases[:2]
        )
        return inputs, biases

    def _logits(
        self,
        encoded: Encoded,
        history: ChoiceHistory,
        inputs: DecoderInputs,
        output: DecoderOutput,
        biases: Biases,
    ) -> Float[Tensor, "batch time choices"]:
        """Logits of all choices, not yet masked."""
        first = encoded.choices(history.first) if self.head.wants_first else None
        head_inputs = HeadInputs(
            output.query, inputs.previous, output.weights, first, biases.logit_bias
        )
        logits: Tensor = self.head(head_inputs, encoded.memory, encoded.head)
        return logits

    def start(self, encoded: Encoded) -> Decoding:
        """One hypothesis per instance, nothing chosen yet."""
        none = torch.full_like(encoded.memory.mask[:, 0], START, dtype=torch.long)
        return Decoding(none, none, none, self.decoder.start(encoded.memory))

    def step(
        self, encoded: Encoded, decoding: Decoding, allowed: Bool[Tensor, "rows choices"]
    ) -> tuple[Float[Tensor, "rows choices"], Decoding]:
        """Log-probabilities of the next choice, and the decoder's new states.

        rows: instances times hypotheses, all hypotheses of an instance together. Raises InputError
        where attention is counted and there is none.
        """
        grouped = allowed.view(encoded.memory.mask.shape[0], -1, allowed.shape[1])
        grouped = self._present(encoded, grouped)
        logits, decoding = self._scored(encoded, decoding, grouped)
        masked = logits.float().masked_fill(~grouped, FORBIDDEN)
        return torch.log_softmax(masked, -1).view_as(allowed), decoding

    def step_topk(
        self,
        encoded: Encoded,
        decoding: Decoding,
        allowed: Bool[Tensor, "rows choices"] | None,
        count: int,
    ) -> tuple[Float[Tensor, "rows largest"], Int[Tensor, "rows largest"], Decoding]:
        """As `step`, of the `count` most probable choices alone, and these choices.

        allowed: None where all choices are, which spares large vocabularies a mask.
        """
        if allowed is None and self.relations is None and self.head.missing(encoded.memory) is None:
            logits, decoding = self._scored(encoded, decoding, None)
            return *topk_log_softmax(logits.flatten(0, 1), count), decoding
        if allowed is None:
            # What a model points with depends on which choices are open.
            choices = self.num_choices(encoded)
            allowed = decoding.last.new_ones(len(decoding.last), choices, dtype=torch.bool)
        scores, decoding = self.step(encoded, decoding, allowed)
        return *topk(scores, count), decoding

    def _scored(
        self,
        encoded: Encoded,
        decoding: Decoding,
        allowed: Bool[Tensor, "batch hypotheses choices"] | None,
    ) -> tuple[Float[Tensor, "batch hypotheses choices"], Decoding]:
        """Logits and new states."""
        batch = encoded.memory.mask.shape[0]
        history = ChoiceHistory(*(part.view(batch, -1) for part in decoding[:3]))
        inputs, biases = self._inputs(encoded, history, allowed)
        output = self.decoder.step(inputs, encoded.memory, encoded.decoder, decoding.decoder)
        logits = self._logits(encoded, history, inputs, output, biases)
        attended = None
        if decoding.attended is not None:
            attended = decoding.attended + self._attention(output)
        return logits, decoding._replace(decoder=output.state, attended=attended)

    def _attention(self, output: DecoderOutput) -> Float[Tensor, "rows positions"]:
        """Attention to each input in a step, the mean over heads."""
        if output.weights is None:
            raise InputError(
                "a coverage penalty needs a decoder that attends to the inputs, and this "
                f"{self.config.decoder.kind} has attention {self.config.decoder.attention!r}"
            )
        return output.weights.float().mean(1).flatten(0, 1)

    @property
    def castable(self) -> list[nn.Module]:
        """Layers whose weights may be held in low precision: those that autocast computes in it.

        None of a model that points: it tells neighbouring inputs apart in float32.
        """
        if self.spec.outputs == "pointer":
            return []
        kinds = (nn.Linear, nn.RNNBase)
        return [part for part in self.modules() if isinstance(part, kinds)]
