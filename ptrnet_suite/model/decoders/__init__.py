"""Decoders: from what was chosen so far, and the memory, to the query for the next choice."""

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders.base import Decoder
from ptrnet_suite.model.registries import DECODERS

__all__ = ["Decoder", "make_decoder"]


def make_decoder(config: DecoderConfig, width: int, dropout: float) -> Decoder:
    """The decoder of that kind; raises InputError for an unknown one, and as `check`."""
    check(config)
    decoder: Decoder = DECODERS.get(config.kind)(config, width, dropout)
    return decoder


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
