"""References and published orders."""

from __future__ import annotations

import pytest

from tests.locations import SHARED, needs_data
from tests.ptrnet_tasks.sorting.instances import TASK, mixed


def test_references_equal_the_labels() -> None:
    instances = mixed()
    answers = TASK.references()["numpy"].solve(instances)
    assert [a.tolist() for a in answers] == [s.tolist() for s in instances.solutions]


@needs_data
@pytest.mark.parametrize("size", [5, 8])
def test_published_orders_equal_ours(size: int) -> None:
    instances = TASK.formats.read(SHARED / f"sorting/x_{size}.csv")
    assert instances.inputs.shape == (10_000, size, 1)
    assert (instances.solutions == TASK.label(instances).solutions).all()
