"""What a network is made of, as dataclasses; imports no torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, final


@final
@dataclass(frozen=True)
class EncoderConfig:
    """How inputs are read."""

    kind: Literal["transformer", "lstm", "gru", "cnn"] = "transformer"
    """transformer, lstm, gru, or for images cnn"""
    layers: int = 3
    """number of layers; for a cnn, of convolutions in each stage"""
    heads: int = 4
    """attention heads of a transformer layer"""
    feedforward: int = 4
    """hidden width of a transformer layer's feed-forward part, in multiples of the width"""
    bidirectional: bool = True
    """whether a recurrent encoder reads both ways"""
    positions: Literal["none", "sinusoidal"] = "none"
    """position code of a transformer or a cnn; none makes a transformer indifferent to the order of
    the inputs, and leaves a cnn's decoder to know places by what is seen there"""
    distances: bool = False
    """whether self-attention sees the distance between input vectors"""
    channels: list[int] = field(default_factory=lambda: [32, 64])
    """channels of each stage of a cnn; every stage halves an image's height and width"""


@final
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


@final
@dataclass(frozen=True)
class HeadConfig:
    """How choices are scored."""

    score: Literal["dot", "general", "concat", "location", "scaled_dot"] = "scaled_dot"
    """score of a pointer head; the same ones serve attention"""
    relations: int = 0
    """hidden width of what a pointer sees between input vectors; 0 turns it off"""
    crowding: bool = False
    """whether these relations tell how many open positions are left around each candidate"""
    gain: float = 1.0
    """gain of the relations' share of a logit; where neighbours may differ by a thousandth of a
    turn, an optimiser's small steps grow the weights that tell them apart too slowly without it"""
    clip: float = 0.0
    """logits are clip * tanh(score) (Bello et al. 2016, eq. 16); 0 turns it off"""
    tied: bool = False
    """whether a vocabulary's output weights are its embeddings (Press & Wolf 2017)"""


@final
@dataclass(frozen=True)
class ModelConfig:
    """A whole network."""

    width: int = 128
    """features of every state, query and key"""
    dropout: float = 0.0
    """dropout rate in training"""
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    decoder: DecoderConfig = field(default_factory=DecoderConfig)
    head: HeadConfig = field(default_factory=HeadConfig)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelConfig:
        """The config that `to_dict` wrote."""
        return cls(
            width=values["width"],
            dropout=values["dropout"],
            encoder=EncoderConfig(**values["encoder"]),
            decoder=DecoderConfig(**values["decoder"]),
            head=HeadConfig(**values["head"]),
        )
