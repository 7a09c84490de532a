"""What a network is made of, as dataclasses; imports no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, final

from ptrnet_suite.model.registries import ALIGNMENTS, DECODERS, ENCODERS, SCORES
from ptrnet_suite.runtime.config_fields import Violation, number, numbers, word
from ptrnet_suite.runtime.parse_config import GIVEN, parse_config

MOST_LAYERS, MOST_HEADS, MOST_WIDTH = 256, 1024, 65536
"""Far beyond what has been trained; more is a slip of the keyboard."""


@final
@dataclass(frozen=True)
class EncoderConfig:
    """How inputs are read."""

    kind: str = word("transformer", ENCODERS)
    """transformer, lstm, gru, or for images cnn"""
    layers: int = number(3, low=1, high=MOST_LAYERS)
    """number of layers; for a cnn, of convolutions in each stage"""
    heads: int = number(4, low=1, high=MOST_HEADS)
    """attention heads of a transformer layer"""
    feedforward: int = number(4, low=1, high=64)
    """hidden width of a transformer layer's feed-forward part, in multiples of the width"""
    bidirectional: bool = True
    """whether a recurrent encoder reads both ways"""
    positions: Literal["none", "sinusoidal"] = "none"
    """position code of a transformer or a cnn; none makes a transformer indifferent to the order of
    the inputs, and leaves a cnn's decoder to know places by what is seen there"""
    distances: bool = False
    """whether self-attention sees the distance between input vectors"""
    channels: list[int] = numbers(
        [32, 64], low=1, high=MOST_WIDTH, form="[channels, ...]", least=1, most=16
    )
    """channels of each stage of a cnn; every stage halves an image's height and width"""


@final
@dataclass(frozen=True)
class DecoderConfig:
    """How queries are made."""

    kind: str = word("glimpse", DECODERS)
    """glimpse (Kool et al. 2019), transformer, lstm or gru (Luong et al. 2015, attention from the
    current state), bahdanau (Bahdanau et al. 2014, attention from the state before)"""
    layers: int = number(2, low=1, high=MOST_LAYERS)
    """number of layers; for glimpse, of glimpses"""
    heads: int = number(4, low=1, high=MOST_HEADS)
    """attention heads of glimpse and transformer layers"""
    feedforward: int = number(4, low=1, high=64)
    """hidden width of feed-forward parts, in multiples of the width"""
    attention: str = word("general", SCORES, also=["none"])
    """score by which a recurrent decoder looks at the memory; bahdanau has this default too, where
    the paper has concat"""
    input_feeding: bool = False
    """whether the last attentional vector of an lstm or gru enters its next step"""
    alignment: str = word("global", ALIGNMENTS)
    """where the inputs are looked at: everywhere, around the step's own number, or around a centre
    that the query predicts"""
    window: int = number(10, low=1, high=MOST_WIDTH)
    """positions to either side of the centre of a local alignment"""
    coverage: bool = False
    """whether a recurrent decoder's attention knows how much each input had so far (See et al.
    2017)"""
    readout: Literal["paper", "tanh", "maxout"] = "paper"
    """how state and context make the query: tanh as in Luong et al. 2015, maxout as in Bahdanau et
    al. 2014, or as in the paper of `kind`"""

    def violations(self) -> Iterator[Violation]:
        """Values that a decoder of this kind cannot have, or that would change nothing in it."""
        recurrent = self.kind in ("lstm", "gru")
        stateless = self.kind in ("glimpse", "transformer")
        blind = recurrent and self.attention == "none"
        if self.kind == "bahdanau":
            yield from self._violations_of_bahdanau()
        if self.input_feeding and (stateless or blind):
            yield Violation("input_feeding", "accepted with {kind} and {attention} is false")
        if self.coverage and (stateless or blind or self.attention == "location"):
            yield Violation("coverage", "accepted with {kind} and {attention} is false")
        if self.alignment != "global" and (blind or self.kind == "glimpse"):
            yield Violation("alignment", "accepted with {kind} and {attention} is global")

    def _violations_of_bahdanau(self) -> Iterator[Violation]:
        if self.layers != 1:
            yield Violation("layers", "accepted with {kind} is 1")
        if self.attention == "none":
            yield Violation("attention", f"accepted with {{kind}} are {', '.join(SCORES)}")
        if self.input_feeding:
            yield Violation("input_feeding", "accepted with {kind} is false")


@final
@dataclass(frozen=True)
class HeadConfig:
    """How choices are scored."""

    score: str = word("scaled_dot", SCORES)
    """score of a pointer head; the same ones serve attention"""
    relations: int = number(0, low=0, high=MOST_WIDTH)
    """hidden width of what a pointer sees between input vectors; 0 turns it off"""
    crowding: bool = False
    """whether these relations tell how many open positions are left around each candidate"""
    gain: float = number(1.0, above=0)
    """gain of the relations' share of a logit; where neighbours may differ by a thousandth of a
    turn, an optimiser's small steps grow the weights that tell them apart too slowly without it"""
    clip: float = number(0.0, low=0)
    """logits are clip * tanh(score) (Bello et al. 2016, eq. 16); 0 turns it off"""
    tied: bool = False
    """whether a vocabulary's output weights are its embeddings (Press & Wolf 2017)"""


@final
@dataclass(frozen=True)
class ModelConfig:
    """A whole network."""

    width: int = number(128, low=1, high=MOST_WIDTH)
    """features of every state, query and key"""
    dropout: float = number(0.0, low=0, below=1)
    """dropout rate in training"""
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    decoder: DecoderConfig = field(default_factory=DecoderConfig)
    head: HeadConfig = field(default_factory=HeadConfig)

    def violations(self) -> Iterator[Violation]:
        """Widths that cannot be split as encoder and decoder must."""
        encoder, decoder = self.encoder, self.decoder
        if encoder.kind == "transformer" and self.width % encoder.heads:
            yield Violation("width", "accepted is a multiple of {encoder.heads}")
        if decoder.kind in ("glimpse", "transformer") and self.width % decoder.heads:
            yield Violation("width", "accepted is a multiple of {decoder.heads}")
        if encoder.kind in ("lstm", "gru") and encoder.bidirectional and self.width % 2:
            yield Violation("width", "accepted with {encoder.bidirectional} is an even number")
        if encoder.kind == "cnn" and self.width % 4:
            yield Violation("width", "accepted with {encoder.kind} is a multiple of 4")
        if encoder.positions == "sinusoidal" and self.width % 2:
            yield Violation("width", "accepted with {encoder.positions} is an even number")
        if decoder.kind == "transformer" and self.width % 2:
            yield Violation("width", "accepted with {decoder.kind} is an even number")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(
        cls, values: dict[str, Any], source: str = GIVEN, prefix: str = ""
    ) -> ModelConfig:
        """The config that `to_dict` wrote; what it did not know yet takes its default.

        source: where it was written; prefix: its dotted name there. Raises InputError for what is
        no config.
        """
        return parse_config(cls, values, source, prefix)
