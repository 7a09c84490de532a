"""Linear maps over channels that stand before rows and columns."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


def channel_weights(channels: int, features: int) -> nn.Parameter:
    """Weights `(channels, features)` with the spread of a linear layer's."""
    bound = features**-0.5
    return nn.Parameter(torch.empty(channels, features).uniform_(-bound, bound))


def mix_channels(
    weight: Float[Tensor, "outputs channels"],
    features: Float[Tensor, "batch channels rows columns"],
    added: Float[Tensor, "batch rows columns"] | None = None,
) -> Float[Tensor, "batch outputs rows columns"]:
    """A linear map over the channels, which stay where they are; `added` to every output."""
    mixed = mix_rows(weight, features.flatten(2), None if added is None else added.flatten(1))
    return mixed.view(len(features), -1, *features.shape[2:])


def mix_rows(
    weight: Float[Tensor, "outputs channels"],
    features: Float[Tensor, "batch channels cells"],
    added: Float[Tensor, "batch cells"] | None = None,
) -> Float[Tensor, "batch outputs cells"]:
    """The same where rows and columns stand one behind the other."""
    # A matrix times a stack would be folded into one product, with a transposed copy of the stack;
    # and so few channels cost less in float32 than the casts that autocast would make.
    weights = weight.expand(len(features), -1, -1)
    with torch.autocast(features.device.type, enabled=False):
        if added is None:
            return torch.bmm(weights, features.float())
        return torch.baddbmm(added.unsqueeze(1), weights, features.float())
