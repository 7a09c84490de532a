"""Encoders, decoders and heads, one network of them, and checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptrnet_suite.runtime.lazy import public_names

if TYPE_CHECKING:
    from ptrnet_suite.model.checkpoint import Checkpoint as Checkpoint
    from ptrnet_suite.model.checkpoint import load_checkpoint as load_checkpoint
    from ptrnet_suite.model.checkpoint import save_checkpoint as save_checkpoint
    from ptrnet_suite.model.checkpoint_files import default_checkpoint as default_checkpoint
    from ptrnet_suite.model.checkpoint_files import shipped as shipped
    from ptrnet_suite.model.config import DecoderConfig as DecoderConfig
    from ptrnet_suite.model.config import EncoderConfig as EncoderConfig
    from ptrnet_suite.model.config import HeadConfig as HeadConfig
    from ptrnet_suite.model.config import ModelConfig as ModelConfig
    from ptrnet_suite.model.ensemble import Ensemble as Ensemble
    from ptrnet_suite.model.ensemble import load_checkpoints as load_checkpoints
    from ptrnet_suite.model.seq2seq import Seq2Seq as Seq2Seq
else:
    __getattr__, __dir__, __all__ = public_names(
        __name__,
        {
            "checkpoint": "Checkpoint load_checkpoint save_checkpoint",
            "checkpoint_files": "default_checkpoint shipped",
            "config": "DecoderConfig EncoderConfig HeadConfig ModelConfig",
            "ensemble": "Ensemble load_checkpoints",
            "seq2seq": "Seq2Seq",
        },
    )
