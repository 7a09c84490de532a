"""Strategies make a loss from model and batch; the loop does the rest, once for all of them.

For programs: `train(task, config, output)` and what a `TrainingConfig` is made of.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, HeadConfig, ModelConfig
    from ptrnet_suite.training.callbacks import Callback
    from ptrnet_suite.training.config import DataConfig, TrainingConfig, ValidationConfig
    from ptrnet_suite.training.loop import Trainer, train

__all__ = [
    "Callback",
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
    **dict.fromkeys(__all__[2:6], "ptrnet_suite.model.config"),
    **dict.fromkeys(("DataConfig", "TrainingConfig", "ValidationConfig"), f"{__name__}.config"),
    **dict.fromkeys(("Trainer", "train"), f"{__name__}.loop"),
    "Callback": f"{__name__}.callbacks",
}


def __getattr__(name: str) -> Any:
    # Only when asked for: configs need no torch, which the loop imports.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
