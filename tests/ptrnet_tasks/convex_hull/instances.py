"""Hulls of several sizes."""

from __future__ import annotations

import numpy as np
from ptrnet_tasks.convex_hull.task import ConvexHullTask

from ptrnet_suite.data.instances import Instances

TASK = ConvexHullTask()


def mixed(seed: int = 0) -> Instances:
    """Labelled instances of different sizes."""
    rng = np.random.default_rng(seed)
    return TASK.label(Instances([rng.random((size, 2)) for size in (3, 12, 5, 7, 12, 4)]))
