"""Batches of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.data.instances import Instances
from tests.ptrnet_tasks.sorting.instances import TASK, column, mixed


@pytest.mark.parametrize("augmented", [False, True])
def test_targets_sort_what_the_model_sees(augmented: bool) -> None:
    for instances in (mixed(), TASK.label(TASK.generate(12, 50, 1))):
        batch = TASK.batch(instances, np.random.default_rng(0) if augmented else None)
        assert (batch.target_mask == batch.input_mask).all()
        for seen, mask, targets in zip(*batch[:3], strict=True):
            values = seen[mask, 0].numpy()
            assert values[targets[mask].numpy()].tolist() == sorted(values.tolist())
            assert not seen[~mask].any()
            assert not targets[~mask].any()
        allowed = TASK.constraint().masks_along(batch, batch.inputs.shape[1], batch.targets)
        assert allowed.gather(2, batch.targets.unsqueeze(2))[batch.target_mask].all()


def test_augmentation_reorders_the_same_numbers() -> None:
    instances = TASK.label(TASK.generate(12, 50, 1))
    plain, shuffled = TASK.batch(instances), TASK.batch(instances, np.random.default_rng(0))
    assert not (plain.inputs == shuffled.inputs).all(1).any()
    assert (plain.inputs.sort(1).values == shuffled.inputs.sort(1).values).all()


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        (column(0.1, 0.9, 0.4), [0.1, 0.9, 0.4]),
        (column(-5, 5, 0), [0, 1, 0.5]),
        (column(1e308, -1e308, 0), [1, 0, 0.5]),
        (column(7, 7), [0, 0]),
        (column(0.500001, 0.5, 0.500002), [0.5, 0, 1]),
        (column(0.0, 0.0), [0, 0]),
    ],
)
def test_numbers_are_stretched_only_where_they_need_it(values: np.ndarray, seen: list) -> None:
    assert TASK.batch(Instances([values])).inputs[0, :, 0].tolist() == pytest.approx(seen)
