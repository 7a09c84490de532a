"""The order that sorts numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_tasks.sorting.batching import stack


def argsort(instances: Instances) -> Sequence[np.ndarray] | np.ndarray:
    """Positions from the smallest number to the largest; equal ones in the input's order."""
    values, mask = stack(instances.inputs)
    orders = np.where(mask, values, np.inf).argsort(1, kind="stable")
    if mask.all():
        return orders
    return [row[:size] for row, size in zip(orders, mask.sum(1), strict=True)]
