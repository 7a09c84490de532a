"""Decoders: what was chosen so far, and the memory, to the query for the next choice."""

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders.bahdanau import BahdanauDecoder
from ptrnet_suite.model.decoders.base import Decoder
from ptrnet_suite.model.decoders.glimpse import GlimpseDecoder
from ptrnet_suite.model.decoders.luong import LuongDecoder
from ptrnet_suite.model.decoders.transformer import TransformerDecoder

__all__ = ["Decoder", "make_decoder"]


def make_decoder(config: DecoderConfig, width: int, relations: int, dropout: float) -> Decoder:
    """The decoder of that kind; raises InputError for an unknown one, and as `check`."""
    check(config)
    if config.kind == "glimpse":
        return GlimpseDecoder(config, width, relations, dropout)
    if config.kind == "transformer":
        return TransformerDecoder(config, width, relations, dropout)
    if config.kind == "bahdanau":
        return BahdanauDecoder(config, width, dropout)
    if config.kind in ("lstm", "gru"):
        return LuongDecoder(config, width, dropout)
    raise InputError(
        f"there is no decoder {config.kind!r}; there are glimpse, transformer, lstm, gru, bahdanau"
    )


def check(config: DecoderConfig) -> None:
    """Raises InputError for values that would have no effect in a decoder of that kind."""
    unseeing = config.attention == "none" and config.kind in ("lstm", "gru")
    blind = unseeing or config.kind in ("glimpse", "transformer")
    wrong = {
        "input_feeding": config.input_feeding and blind,
        "coverage": config.coverage and (blind or config.attention == "location"),
        "alignment": config.alignment != "global" and (unseeing or config.kind == "glimpse"),
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise InputError(
                f"{name} {getattr(config, name)!r} means nothing to a {config.kind} decoder with "
                f"attention {config.attention!r}; it needs one that attends with a state of its own"
            )
