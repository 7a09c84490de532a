"""Solved instances of the tasks that know several sequences for one answer."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task

TASKS = {"tour": load_task("tsp"), "hull": load_task("convex_hull")}
SIZES = [6, 4, 5, 3]


def solved(name: str, seed: int) -> Instances:
    """Instances of several sizes; tours are random ones, hulls begin anywhere."""
    rng = np.random.default_rng(seed)
    instances = Instances([rng.random((size, 2)) for size in SIZES])
    if name == "tour":
        return instances.with_solutions([rng.permutation(size) for size in SIZES])
    hulls = TASKS["hull"].label(instances).solutions
    assert hulls is not None
    return instances.with_solutions([np.roll(hull, rng.integers(len(hull))) for hull in hulls])


def equivalents(task: Task, batch: Batch) -> Tensor:
    found = task.equivalents(batch)
    assert found is not None
    return found
