"""Number sequences as the model sees them, in a random order while it learns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ptrnet_suite.data.batch import Batch, pad
from ptrnet_suite.data.instances import Instances

_SMALLEST_RANGE = 0.05


def stack(inputs: Sequence[np.ndarray] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`(count, longest)` float64, zero-padded, and its mask."""
    if isinstance(inputs, np.ndarray):
        values = inputs.reshape(len(inputs), -1).astype(np.float64, copy=False)
        return values, np.ones(values.shape, bool)
    return pad([np.asarray(item, np.float64).reshape(-1) for item in inputs])


def make_batch(instances: Instances, rng: np.random.Generator | None) -> Batch:
    """Numbers within 0..1 and, where known, the orders that sort them; `rng` shuffles both."""
    import torch

    values, mask = stack(instances.inputs)
    orders = None if instances.solutions is None else _pad_orders(instances.solutions, mask)
    if rng is not None:
        shuffled = (rng.random(mask.shape) + ~mask).argsort(1)
        values = np.take_along_axis(values, shuffled, 1)
        if orders is not None:
            orders = np.take_along_axis(shuffled.argsort(1), orders, 1)
    seen = torch.from_numpy(_to_unit_range(values, mask).astype(np.float32)[..., None])
    real = torch.from_numpy(mask)
    if orders is None:
        return Batch(seen, real)
    return Batch(seen, real, torch.from_numpy(np.where(mask, orders, 0)), real)


def _pad_orders(orders: Sequence[np.ndarray] | np.ndarray, mask: np.ndarray) -> np.ndarray:
    """`(count, longest)`; padding holds its own position, so that shuffling keeps it."""
    if isinstance(orders, np.ndarray):
        return orders
    return np.where(mask, pad(orders)[0], np.arange(mask.shape[1]))


def _to_unit_range(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Sequences that leave 0..1, or fill less than 0.05 of it, stretched to 0..1; padding is 0."""
    low = np.where(mask, values, np.inf).min(1, keepdims=True)
    high = np.where(mask, values, -np.inf).max(1, keepdims=True)
    # One division before the subtraction: the range of huge numbers would overflow.
    magnitude = np.maximum(np.maximum(np.abs(low), np.abs(high)), 1e-300)
    span = high / magnitude - low / magnitude
    stretched = (values / magnitude - low / magnitude) / np.where(span > 0, span, 1)
    keep = (low >= 0) & (high <= 1) & (span >= _SMALLEST_RANGE / magnitude)
    return np.where(mask, np.where(keep, values, stretched), 0.0)
