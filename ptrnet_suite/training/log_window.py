"""Figures of the steps between two lines of the log."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, final

import numpy as np

from ptrnet_suite.data.batch import Batch


@final
@dataclass
class LogWindow:
    """Losses and norms of gradients of successive steps, and the seconds that these took."""

    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    instances: int = 0
    target_tokens: int = 0
    seconds: float = 0.0

    def add(self, loss: float, norm: float, batch: Batch) -> None:
        """Adds one step."""
        self.losses.append(loss)
        self.norms.append(norm)
        self.instances += batch.size
        if batch.target_mask is not None:
            self.target_tokens += int(batch.target_mask.sum())

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.losses)

    @property
    def loss(self) -> float:
        """Mean loss."""
        return float(np.mean(self.losses))

    def figures(self) -> dict[str, float]:
        """For the log: mean loss, and mean and standard deviation of the gradient's norm."""
        return {
            "loss": self.loss,
            "gradient_norm": float(np.mean(self.norms)),
            "gradient_norm_deviation": float(np.std(self.norms)),
        }

    def rates(self) -> dict[str, float]:
        """For the log: instances and, where targets are known, their tokens in a second."""
        figures = {"instances_per_second": self.instances / self.seconds}
        if self.target_tokens:
            figures["target_tokens_per_second"] = self.target_tokens / self.seconds
        return figures

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, for resuming in the middle of a window."""
        return asdict(self)
