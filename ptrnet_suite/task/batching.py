"""Batches of instances and answers of choices, as a spec describes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ptrnet_suite.data.batch import END, Batch, to_batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.spec import Spec


def batch_by_spec(spec: Spec, instances: Instances) -> Batch:
    """Inputs as they are, and targets where solutions are known: positions from 0, or words.

    Images have columns of pixels as positions, see `Spec`.
    """
    inputs, solutions = instances.inputs, instances.solutions
    if spec.inputs == "images":
        inputs = [np.asarray(image).T for image in inputs]
    elif not isinstance(inputs, np.ndarray):
        inputs = [np.asarray(item) for item in inputs]
    if solutions is None:
        return to_batch(inputs, None)
    if not spec.ends:
        return to_batch(inputs, [np.asarray(answer, np.int64) for answer in solutions])
    first = first_choice(spec)
    rows = [np.append(np.asarray(answer, np.int64) + first, END) for answer in solutions]
    return to_batch(inputs, rows)


def answers_by_spec(spec: Spec, choices: Sequence[np.ndarray]) -> list[Any]:
    """Positions from 0, or words' numbers: an `(length,)` array of whole numbers for each."""
    return [np.asarray(row, np.int64) - first_choice(spec) for row in choices]


def first_choice(spec: Spec) -> int:
    """The choice that stands for position 0; a vocabulary's words are their own choices."""
    return 1 if spec.outputs == "pointer" and spec.ends else 0
