"""Strategies make a loss from model and batch; the loop does the rest, once for all of them.

For programs: `train(task, config, output)` and what a `TrainingConfig` is made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptrnet_suite.runtime.lazy import public_names

if TYPE_CHECKING:
    from ptrnet_suite.model.config import DecoderConfig as DecoderConfig
    from ptrnet_suite.model.config import EncoderConfig as EncoderConfig
    from ptrnet_suite.model.config import HeadConfig as HeadConfig
    from ptrnet_suite.model.config import ModelConfig as ModelConfig
    from ptrnet_suite.training.callbacks import Callback as Callback
    from ptrnet_suite.training.config import DataConfig as DataConfig
    from ptrnet_suite.training.config import TrainingConfig as TrainingConfig
    from ptrnet_suite.training.config import ValidationConfig as ValidationConfig
    from ptrnet_suite.training.loop import Trainer as Trainer
    from ptrnet_suite.training.loop import train as train
    from ptrnet_suite.training.strategies.base import Strategy as Strategy
else:
    __getattr__, __dir__, __all__ = public_names(
        __name__,
        {
            "callbacks": "Callback",
            "config": "DataConfig TrainingConfig ValidationConfig",
            "loop": "Trainer train",
            "ptrnet_suite.model.config": "DecoderConfig EncoderConfig HeadConfig ModelConfig",
            "strategies.base": "Strategy",
        },
    )
