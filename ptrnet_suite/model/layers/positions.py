"""Position codes."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Real
from torch import Tensor


def sinusoids(positions: Real[Tensor, "*shape"], width: int) -> Float[Tensor, "*shape {width}"]:
    """Sinusoidal codes of positions (Vaswani et al. 2017, section 3.5)."""
    rates = torch.exp(
        torch.arange(0, width, 2, device=positions.device) * (-math.log(10000.0) / width)
    )
    angles = positions.unsqueeze(-1).float() * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)
