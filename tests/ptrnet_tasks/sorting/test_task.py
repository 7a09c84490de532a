"""Any numbers are sorted, and what cannot be sorted is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from tests.ptrnet_tasks.sorting.instances import TASK, column, mixed


@settings(deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 9), st.just(1)),
              elements=st.floats(-1e300, 1e300)))  # fmt: skip
def test_labels_sort_any_numbers_and_score_as_right(values: np.ndarray) -> None:
    instances = TASK.label(Instances(values))
    for row, order in zip(values[..., 0], instances.solutions, strict=True):
        assert row[order].tolist() == sorted(row.tolist())
    scores = TASK.evaluate(instances, list(instances.solutions))
    assert scores["exact"].values.all()
    assert (scores["token_accuracy"].values == scores["token_accuracy"].weights).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (column(1, np.nan), "no finite number"),
        (np.ones((3, 2)), r"has shape \(3, 2\); numbers need \(n, 1\)"),
        (np.ones((0, 1)), "empty sequence"),
    ],
)
def test_numbers_that_cannot_be_sorted_are_refused(values: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TASK.formats.check(Instances([values]))
    TASK.formats.check(mixed())
