"""What is done about a loss or a gradient that is no number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, final

from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from ptrnet_suite.training.loop import Trainer

MOST_SKIPPED = 10
"""Successive steps without a finite gradient, after which nothing is learned any more."""


@final
class Divergence(Exception):
    """Weights from which no step leads on; says what is wrong."""


def check_loss(loss: float) -> None:
    """Raises Divergence for a loss that is infinite or undefined."""
    if not math.isfinite(loss):
        raise Divergence(f"the loss is {loss}")


def check_skipped(skipped: int) -> None:
    """Raises Divergence after too many successive steps whose gradient was not finite.

    A single one is left out and does no harm.
    """
    if skipped >= MOST_SKIPPED:
        raise Divergence(f"the gradient is not finite for {skipped} steps in a row")


def _tenth(number: float) -> float:
    return float(f"{number / 10:.6g}")


def diverged(trainer: Trainer, divergence: Divergence) -> InputError:
    """The one sentence of a run that stops for it: the step, what stands and what to try."""
    config = trainer.config
    changes: dict[str, object] = {"learning_rate": _tenth(config.learning_rate)}
    if config.precision != "float32":
        changes["precision"] = "float32"
    changes["gradient_clip"] = _tenth(config.gradient_clip)
    return InputError(
        f"{divergence} at step {trainer.step + 1:,}, so training stopped; what was saved after "
        f"step {trainer.saved_step:,} stands; try a lower rate, float32 or a smaller clip: "
        f"{trainer.resumes_by(changes)}"
    )
