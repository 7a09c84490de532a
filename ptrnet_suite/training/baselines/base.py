"""Baselines that are subtracted from a sample's cost to reduce the variance of REINFORCE."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.training.policy_gradient import PolicyContext


class Baseline(ABC):
    """Expected costs that do not depend on the sample they are held against."""

    @abstractmethod
    def __call__(
        self, costs: Float[Tensor, "batch hypotheses"], context: PolicyContext
    ) -> Float[Tensor, " batch #hypotheses"]:
        """The baseline of `costs`; broadcasts over them."""

    def state(self) -> dict[str, Any]:
        """State for resuming."""
        return {}

    def load_state(self, state: dict[str, Any]) -> None:
        """Restores what `state` returned."""


@final
class NoBaseline(Baseline):
    """0 (Williams 1992)."""

    def __call__(
        self, costs: Float[Tensor, "batch hypotheses"], context: PolicyContext
    ) -> Float[Tensor, " batch #hypotheses"]:
        return torch.zeros_like(costs)


@final
class BatchMean(Baseline):
    """The mean over all instances and samples of the batch."""

    def __call__(
        self, costs: Float[Tensor, "batch hypotheses"], context: PolicyContext
    ) -> Float[Tensor, " batch #hypotheses"]:
        return costs.mean().expand_as(costs)


@final
class ExponentialMean(Baseline):
    """A running mean over batches that keeps `decay` of itself at each (Kool et al. 2019, sec. 5).

    A batch is held against the mean before it, and the first one against its own; in the authors'
    code the batch's own costs enter the mean first.
    """

    def __init__(self, decay: float) -> None:
        self.decay = decay
        self.mean: float | None = None

    def __call__(
        self, costs: Float[Tensor, "batch hypotheses"], context: PolicyContext
    ) -> Float[Tensor, " batch #hypotheses"]:
        now = float(costs.mean())
        before = now if self.mean is None else self.mean
        self.mean = self.decay * before + (1 - self.decay) * now
        return torch.full_like(costs, before)

    def state(self) -> dict[str, Any]:
        return {"mean": self.mean}

    def load_state(self, state: dict[str, Any]) -> None:
        self.mean = state["mean"]


@final
class SharedMean(Baseline):
    """The mean of an instance's own samples (Kwon et al. 2020, equation 3)."""

    def __call__(
        self, costs: Float[Tensor, "batch hypotheses"], context: PolicyContext
    ) -> Float[Tensor, " batch #hypotheses"]:
        return costs.mean(1, keepdim=True)


@final
class OwnGreedy(Baseline):
    """The cost of the model's own greedy answer (Rennie et al. 2017, section 4)."""

    def __call__(
        self, costs: Float[Tensor, "batch hypotheses"], context: PolicyContext
    ) -> Float[Tensor, " batch #hypotheses"]:
        return context.greedy_costs()
