"""Strategies make a loss from model and batch; the loop does the rest, once for all of them.

For programs: `train(task, config, output)` and what a `TrainingConfig` is made of.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ptrnet_suite.model.decoders import DecoderConfig
    from ptrnet_suite.model.encoders import EncoderConfig
    from ptrnet_suite.model.heads import HeadConfig
    from ptrnet_suite.model.seq2seq import ModelConfig
    from ptrnet_suite.training.config import TrainingConfig, ValidationConfig
    from ptrnet_suite.training.loop import Trainer, train
    from ptrnet_suite.training.stream import DataConfig

__all__ = [
    "DataConfig",
    "DecoderConfig",
    "EncoderConfig",
    "HeadConfig",
    "ModelConfig",
    "Trainer",
    "TrainingConfig",
    "ValidationConfig",
    "train",
]

_HOMES = {
    "DataConfig": "ptrnet_suite.training.stream",
    "DecoderConfig": "ptrnet_suite.model.decoders",
    "EncoderConfig": "ptrnet_suite.model.encoders",
    "HeadConfig": "ptrnet_suite.model.heads",
    "ModelConfig": "ptrnet_suite.model.seq2seq",
    "Trainer": "ptrnet_suite.training.loop",
    "TrainingConfig": "ptrnet_suite.training.config",
    "ValidationConfig": "ptrnet_suite.training.config",
    "train": "ptrnet_suite.training.loop",
}


def __getattr__(name: str) -> Any:
    # Only when asked for: the parts of this package import each other, and the loop imports torch.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
