"""Labels and references against each other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from ptrnet_suite.data.instances import Instances
from tests.locations import SHARED, needs_data
from tests.ptrnet_tasks.convex_hull.instances import TASK, mixed

OFFICIAL = SHARED / "ptrnet/convex_hull_5_test_first1000.txt"


def sizes_of(instances: Instances) -> np.ndarray:
    return np.bincount([len(hull) for hull in instances.solutions], minlength=6) / len(instances)


def test_labels_of_mixed_sizes_equal_scipys_and_keep_their_order() -> None:
    for points, hull in zip((instances := mixed()).inputs, instances.solutions, strict=True):
        vertices = ConvexHull(points).vertices
        assert hull.tolist() == np.roll(vertices, -int(np.argmin(vertices))).tolist()


@pytest.mark.parametrize("name", TASK.references())
def test_every_reference_gives_the_label(name: str) -> None:
    for instances in (TASK.label(TASK.generate(20, 50, 5)), mixed(1)):
        answers = TASK.references()[name].solve(instances)
        assert [a.tolist() for a in answers] == [h.tolist() for h in instances.solutions]


@needs_data
def test_all_labels_of_the_official_file_equal_ours() -> None:
    instances = TASK.formats.read(OFFICIAL)
    ours = TASK.label(instances).solutions
    assert len(instances) == 1000
    assert [a.tolist() for a in instances.solutions] == [b.tolist() for b in ours]
    assert sizes_of(instances)[3:].tolist() == [0.04, 0.358, 0.602]
    TASK.formats.check(instances)
