"""What the steps between two lines of the log have in common."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Stretch:
    """Losses and norms of gradients of some steps in turn."""

    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)

    def add(self, loss: float, norm: float) -> None:
        """Takes in one step."""
        self.losses.append(loss)
        self.norms.append(norm)

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
