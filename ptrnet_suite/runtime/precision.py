"""In which precision matrix products are computed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    import torch
    from torch import nn


PRECISIONS = ("float32", "bfloat16")
"""In which matrix products may be."""


@contextlib.contextmanager
def matrix_products(
    precision: str, device: torch.device | str, layers: Sequence[nn.Module] = ()
) -> Iterator[None]:
    """Matrix products inside are in bfloat16 or float32; what needs it stays in float32.

    layers: some that are not trained meanwhile; their weights are held in bfloat16 until the end,
    so that they are not cast anew at every step. Raises InputError for another precision.
    """
    import torch

    if precision not in PRECISIONS:
        raise InputError(f"precision {precision!r} is not known; accepted are {PRECISIONS}")
    if precision == "float32":
        yield
        return
    with _held_low(layers), torch.autocast(torch.device(device).type, torch.bfloat16):
        yield


@contextlib.contextmanager
def _held_low(layers: Sequence[nn.Module]) -> Iterator[None]:
    import torch

    kept = {weight: weight.data for layer in layers for weight in layer.parameters()}
    try:
        for weight in kept:
            weight.data = weight.data.to(torch.bfloat16)
        yield
    finally:
        for weight, whole in kept.items():
            weight.data = whole
