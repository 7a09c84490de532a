"""A strategy after a start by another one, such as policy gradients after imitation."""

from __future__ import annotations

from typing import Any, final

from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState


@final
class TwoStage(Strategy):
    """`first` for a share of the run, then `after`; the optimiser goes on (Ranzato et al. 2016)."""

    def __init__(self, first: Strategy, after: Strategy, share: float) -> None:
        self.first, self.after, self.share = first, after, share

    # The class variable of other strategies depends on its two parts here.
    @property
    def needs_solutions(self) -> bool:  # type: ignore[override]
        """Whether one of the two does."""
        return self.first.needs_solutions or self.after.needs_solutions

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Float[Tensor, ""]:
        strategy = self.first if state.progress < self.share else self.after
        return strategy.loss(model, batch, constraint, state)

    def state(self) -> dict[str, Any]:
        return {"first": self.first.state(), "after": self.after.state()}

    def load_state(self, state: dict[str, Any]) -> None:
        self.first.load_state(state["first"])
        self.after.load_state(state["after"])
