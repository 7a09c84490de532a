"""The interface of training strategies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, final

from jaxtyping import Float, Int
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint

Risk = Callable[[Batch, Int[Tensor, "batch hypotheses time"]], Float[Tensor, "batch hypotheses"]]
"""`Task.risk`: what answers cost."""

Equivalents = Callable[[Batch], Int[Tensor, "batch equivalents time"] | None]
"""`Task.equivalents`: the sequences that mean the known answers."""


def unknown_risk(
    batch: Batch, choices: Int[Tensor, "batch hypotheses time"]
) -> Float[Tensor, "batch hypotheses"]:
    """Raises InputError: the cost of answers is not known."""
    raise InputError("this strategy must be told what answers cost")


def no_equivalents(batch: Batch) -> Int[Tensor, "batch equivalents time"] | None:
    """None: every answer has one sequence."""
    return None


@final
@dataclass(frozen=True)
class TrainingState:
    """Progress of the run and properties of the task, for strategies."""

    step: int = 0
    """optimiser steps made so far"""
    steps: int = 1
    """optimiser steps of the whole run; where it ends by time, as many as are expected"""
    risk: Risk = unknown_risk
    """what answers cost"""
    equivalents: Equivalents = no_equivalents
    """which sequences mean the known answers"""

    @property
    def progress(self) -> float:
        """Share of the run that is done."""
        return self.step / max(1, self.steps)


DEFAULT_STATE = TrainingState()
"""The state of a run without a risk or equivalents; enough for imitation."""


class Strategy(ABC):
    """A way to make a loss from model and batch; random draws use torch's global generator."""

    needs_solutions: ClassVar[bool] = True
    """Whether it imitates known answers; else the batch's risk is all that it needs."""

    @abstractmethod
    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        """A scalar whose gradient trains the model; raises InputError where the batch lacks what
        the strategy needs.
        """

    def state(self) -> dict[str, Any]:
        """State for resuming: tensors, numbers, lists and dicts of them."""
        return {}

    def load_state(self, state: dict[str, Any]) -> None:
        """Restores what `state` returned."""
