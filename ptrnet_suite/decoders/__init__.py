"""Decoders: what was chosen so far, and the memory, to the query for the next choice."""

from ptrnet_suite.decoders.bahdanau import BahdanauDecoder
from ptrnet_suite.decoders.base import Cues, Decoder, DecoderConfig, Prepared, State, Step, Told
from ptrnet_suite.decoders.glimpse import GlimpseDecoder
from ptrnet_suite.decoders.recurrent import RecurrentDecoder
from ptrnet_suite.decoders.transformer import TransformerDecoder
from ptrnet_suite.errors import InputError

__all__ = ["Cues", "Decoder", "DecoderConfig", "Prepared", "State", "Step", "Told", "make_decoder"]


def make_decoder(config: DecoderConfig, width: int, relations: int, dropout: float) -> Decoder:
    """The decoder of that kind; raises InputError for an unknown one."""
    if config.kind == "glimpse":
        return GlimpseDecoder(config, width, relations, dropout)
    if config.kind == "transformer":
        return TransformerDecoder(config, width, relations, dropout)
    if config.kind == "bahdanau":
        return BahdanauDecoder(config, width, dropout)
    if config.kind in ("lstm", "gru"):
        return RecurrentDecoder(config, width, dropout)
    raise InputError(
        f"there is no decoder {config.kind!r}; there are glimpse, transformer, lstm, gru, bahdanau"
    )
