"""Numbers that are generated."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.errors import InputError
from tests.ptrnet_tasks.sorting.instances import TASK


@pytest.mark.parametrize("distribution", TASK.distributions)
def test_generated_numbers_are_seeded_and_lie_between_0_and_1(distribution: str) -> None:
    first = TASK.generate(10, 30, 2, distribution)
    assert first.inputs.shape == (30, 10, 1)
    assert 0 <= first.inputs.min() <= first.inputs.max() <= 1
    assert (first.inputs == TASK.generate(10, 30, 2, distribution).inputs).all()
    assert not (first.inputs == TASK.generate(10, 30, 3, distribution).inputs).any()


def test_clustered_numbers_lie_closer_together_than_uniform_ones() -> None:
    gaps = {
        name: np.median(np.diff(np.sort(TASK.generate(20, 500, 0, name).inputs[..., 0], 1), axis=1))
        for name in TASK.distributions
    }
    assert gaps["clustered"] < 0.5 * gaps["uniform"]


@pytest.mark.parametrize(
    ("arguments", "message"), [((0, 1, 0), "at least 1"), ((3, 1, 0, "spiral"), "'spiral'")]
)
def test_impossible_requests_for_numbers_are_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TASK.generate(*arguments)
