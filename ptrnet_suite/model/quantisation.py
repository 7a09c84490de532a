"""Weights as a checkpoint keeps them: whole, in half the space, or in a quarter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import torch
from torch import Tensor

from ptrnet_suite.errors import InputError

Storage = Literal["float32", "float16", "int8"]

SCALE = ".scale"
"""Behind a weight's name: what each row of its whole numbers is multiplied by."""
LARGEST = 127


def packed(weights: Mapping[str, Tensor], storage: str) -> dict[str, Tensor]:
    """The tensors to store.

    float16 rounds every number; int8 makes each row of a matrix whole numbers up to 127 and one
    factor (per-row absolute maximum), and leaves vectors as they are. Raises InputError for another
    storage, and for a weight that is too large for float16.
    """
    if storage not in get_args(Storage):
        raise InputError(f"storage {storage!r} is not known; accepted are float32, float16, int8")
    if storage == "float32":
        return dict(weights)
    if storage == "float16":
        return {name: _half(weight, name) if weight.is_floating_point() else weight
                for name, weight in weights.items()}  # fmt: skip
    stored: dict[str, Tensor] = {}
    for name, weight in weights.items():
        if weight.dim() < 2 or not weight.is_floating_point():
            stored[name] = weight
            continue
        rows = weight.flatten(1)
        scale = rows.abs().amax(1, keepdim=True).clamp_min(1e-12) / LARGEST
        stored[name] = (rows / scale).round().to(torch.int8).view(weight.shape)
        stored[name + SCALE] = scale.squeeze(1)
    return stored


def _half(weight: Tensor, name: str) -> Tensor:
    half = weight.half()
    if bool((torch.isinf(half) & torch.isfinite(weight)).any()):
        largest = float(weight.abs().max())
        raise InputError(
            f"the weight {name} holds {largest:.4g}, and float16 ends at 65504; accepted for it "
            "are float32 and int8"
        )
    return half


def unpacked(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights that `packed` stored, float32 again."""
    weights: dict[str, Tensor] = {}
    for name, weight in stored.items():
        if name.endswith(SCALE) and name.removesuffix(SCALE) in stored:
            continue
        whole = (
            weight.float() if weight.is_floating_point() or weight.dtype == torch.int8 else weight
        )
        scale = stored.get(name + SCALE)
        if scale is not None:
            whole = whole * scale.view(-1, *[1] * (whole.dim() - 1))
        weights[name] = whole
    return weights
