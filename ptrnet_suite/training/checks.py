"""What a training configuration must satisfy before anything is read or made."""

from __future__ import annotations

from ptrnet_suite.errors import InputError
from ptrnet_suite.training.config import TrainingConfig


def check_config(config: TrainingConfig) -> None:
    """Raises InputError naming the first value that cannot be, and what is accepted."""
    for name, value, smallest in (
        ("steps", config.steps, 1),
        ("batch_size", config.batch_size, 1),
        ("warmup", config.warmup, 0),
        ("threads", config.threads, 0),
        ("seed", config.seed, 0),
        ("validation.every", config.validation.every, 1),
        ("validation.count", config.validation.count, 1),
        ("model.width", config.model.width, 1),
        ("model.encoder.layers", config.model.encoder.layers, 1),
        ("model.decoder.layers", config.model.decoder.layers, 1),
    ):
        if value < smallest:
            raise InputError(f"{name} is {value}; accepted are whole numbers from {smallest} on")
    for name, minutes in (
        ("minutes", config.minutes),
        ("validation.minutes", config.validation.minutes),
    ):
        if not 0 <= minutes < float("inf"):
            raise InputError(f"{name} is {minutes}; accepted are numbers from 0 on")
    if config.validation.gradient_batches == 1 or config.validation.gradient_batches < 0:
        raise InputError(
            f"validation.gradient_batches is {config.validation.gradient_batches}; "
            "accepted are 0 and whole numbers from 2 on"
        )
    for name, rate in (
        ("model.dropout", config.model.dropout),
        ("label_smoothing", config.label_smoothing),
    ):
        if not 0 <= rate < 1:
            raise InputError(f"{name} is {rate}; accepted is 0 or more and less than 1")
    if config.learning_rate <= 0 or config.gradient_clip <= 0:
        raise InputError("learning_rate and gradient_clip must be greater than 0")
    sizes = config.data.sizes
    if not sizes or sizes[0] > sizes[-1] or sizes[0] < 1:
        raise InputError(f"data.sizes is {sizes}; accepted is [smallest, largest], from 1 on")
    encoder = config.model.encoder
    if encoder.kind != "transformer" and encoder.bidirectional and config.model.width % 2:
        raise InputError(
            f"model.width is {config.model.width}; a two-directional encoder needs an even one"
        )
