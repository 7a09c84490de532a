"""How orders of numbers are scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ptrnet_suite.data.batch import pad
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_tasks.sorting.batching import stack

METRICS = (
    Metric("exact", "answers that hold every position once, in sorted order", True),
    Metric("token_accuracy", "places of the answer that hold the right value", True),
)


def score_orders(instances: Instances, answers: Sequence[Any]) -> Mapping[str, MetricValues]:
    """The scores of METRICS; of equal values either may come first."""
    values, mask = stack(instances.inputs)
    sizes = mask.sum(1)
    lengths = np.array([len(answer) for answer in answers])
    given, real = pad([np.asarray(answer, np.int64)[: mask.shape[1]] for answer in answers])
    missing = mask.shape[1] - given.shape[1]
    given, real = (np.pad(part, ((0, 0), (0, missing))) for part in (given, real))
    sorted_values = np.sort(np.where(mask, values, np.inf), 1)
    right = (np.take_along_axis(values, given, 1) == sorted_values) & mask & real
    chosen = np.zeros((len(mask), mask.shape[1] + 1), bool)
    np.put_along_axis(chosen, np.where(real, given, -1), True, 1)
    # Equal values would let an answer repeat one position and leave another out.
    exact = (right.sum(1) == sizes) & (lengths == sizes) & (chosen[:, :-1].sum(1) == sizes)
    return {
        "exact": MetricValues(exact.astype(float)),
        "token_accuracy": MetricValues(right.sum(1).astype(float), sizes.astype(float)),
    }
