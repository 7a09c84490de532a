"""Callbacks of a training run."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from ptrnet_suite.training.loop import Trainer


@final
class StopTraining(Exception):
    """Ends a run before its budget is spent; what it has reached is saved."""


class Callback(ABC):
    """A listener of a training run; a subclass overrides what it wants to hear.

    The trainer's `step`, `cpu_seconds`, `loss`, `figures`, `model`, `task` and `config` are as they
    are at that moment. A callback ends the run early by raising `StopTraining`.
    """

    def on_start(self, trainer: Trainer) -> None:
        """Before the first step of this call; a resumed run's `step` is above 0."""

    def on_step(self, trainer: Trainer) -> None:
        """After every optimiser step."""

    def on_validation(self, trainer: Trainer) -> None:
        """After every validation: `figures` holds its metrics by name."""

    def on_end(self, trainer: Trainer) -> None:
        """When the run ends, also by an error or an interrupt."""
