"""The gradient of a strategy's loss, and its noise over batches."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import NamedTuple, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.precision import matrix_products
from ptrnet_suite.runtime.random_state import kept_random_state
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.strategies.base import Strategy, TrainingState


@final
class GradientSettings(NamedTuple):
    """Settings that the gradient of a batch depends on besides model and strategy."""

    constraint: Callable[[], Constraint]
    state: TrainingState
    low_precision: bool = False


def backward(model: Seq2Seq, strategy: Strategy, batch: Batch, settings: GradientSettings) -> float:
    """Adds the gradient of the batch's loss to the model's; returns the loss."""
    low_precision = settings.low_precision
    device = next(model.parameters()).device
    with matrix_products("bfloat16" if low_precision else "float32", device):
        loss = strategy.loss(model, batch, settings.constraint(), settings.state)
    loss.backward()
    return float(loss.detach())


@final
class GradientNoise(NamedTuple):
    """Spread of the gradients of several batches at the same weights.

    variance: trace of their covariance; signal: unbiased squared length of their mean, which may
    fall below 0 where noise covers it.
    """

    variance: float
    signal: float

    @property
    def ratio(self) -> float:
        """Variance over signal: the simple noise scale over the batch size.

        (McCandlish et al. 2018, equation 2.9.) Infinite where no signal is left.
        """
        return self.variance / self.signal if self.signal > 0 else float("inf")

    def figures(self) -> dict[str, float | None]:
        """For the log, where a ratio without an end is None."""
        return {
            "gradient_variance": self.variance,
            "gradient_signal": self.signal,
            "gradient_noise": self.ratio if self.signal > 0 else None,
        }


def gradient_noise(
    model: Seq2Seq, strategy: Strategy, batches: Iterable[Batch], settings: GradientSettings
) -> GradientNoise:
    """Noise over two batches or more, each from the same state of the strategy.

    The model's gradients are cleared; the strategy and torch's global random stream are left as
    they were.
    """
    gradients = []
    with kept_random_state():
        for batch in batches:
            model.zero_grad(set_to_none=True)
            backward(model, copy.deepcopy(strategy), batch, settings)
            gradients.append(_flat_gradient(model))
    model.zero_grad(set_to_none=True)
    return spread_of(torch.stack(gradients))


def spread_of(gradients: Float[Tensor, "batches weights"]) -> GradientNoise:
    """Noise of gradients (McCandlish et al. 2018, appendix A.1)."""
    mean = gradients.mean(0)
    variance = float((gradients - mean).square().sum()) / (len(gradients) - 1)
    return GradientNoise(variance, float(mean.square().sum()) - variance / len(gradients))


def _flat_gradient(model: nn.Module) -> Float[Tensor, " weights"]:
    parts = [
        torch.zeros_like(weight) if weight.grad is None else weight.grad
        for weight in model.parameters()
    ]
    return torch.cat([part.flatten() for part in parts])
