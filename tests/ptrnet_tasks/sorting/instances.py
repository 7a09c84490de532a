"""Numbers of several sizes."""

from __future__ import annotations

import numpy as np
from ptrnet_tasks.sorting.task import Sorting

from ptrnet_suite.data.instances import Instances

TASK = Sorting()


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def mixed() -> Instances:
    """Labelled instances of different sizes."""
    rng = np.random.default_rng(0)
    return TASK.label(Instances([rng.random((size, 1)) for size in (3, 1, 8, 5)]))
