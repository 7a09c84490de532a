"""Points that hulls are trained and tried on."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.convex_hull.task import ConvexHullTask

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

TASK = ConvexHullTask()


def sizes_of(instances: Instances) -> np.ndarray:
    return np.bincount([len(hull) for hull in instances.solutions], minlength=6) / len(instances)


@pytest.mark.parametrize("distribution", TASK.distributions)
def test_generated_points_are_seeded_and_lie_in_the_unit_square(distribution: str) -> None:
    first = TASK.generate(12, 40, 3, distribution)
    assert first.inputs.shape == (40, 12, 2)
    assert 0 <= first.inputs.min() <= first.inputs.max() <= 1
    assert (first.inputs == TASK.generate(12, 40, 3, distribution).inputs).all()
    assert not (first.inputs == TASK.generate(12, 40, 4, distribution).inputs).any()
    TASK.formats.check(first)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2, 5, 0), "at least 3 points"),
        ((5, 0, 0), "at least 1"),
        ((5, 5, 0, "spiral"), "'spiral' is unknown; accepted: uniform"),
    ],
)
def test_impossible_requests_for_points_are_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TASK.generate(*arguments)


def test_most_ring_points_are_corners_and_most_uniform_points_are_not() -> None:
    corners = {
        name: np.mean([len(hull) for hull in TASK.label(TASK.generate(30, 200, 0, name)).solutions])
        for name in ("ring", "uniform")
    }
    assert corners["ring"] > 14
    assert corners["uniform"] < 10


def test_spread_points_have_the_official_files_hull_sizes() -> None:
    shares = sizes_of(TASK.label(TASK.generate(5, 4000, 1, "spread")))
    assert shares[3:] == pytest.approx([0.040, 0.361, 0.599], abs=0.05)
    uniform = sizes_of(TASK.label(TASK.generate(5, 4000, 1)))
    assert uniform[3:] == pytest.approx([0.112, 0.539, 0.349], abs=0.03)


def test_spread_points_lean_to_the_edges_and_keep_apart() -> None:
    spread, uniform = (TASK.generate(5, 8000, 2, name).inputs for name in ("spread", "uniform"))
    rows, columns = np.triu_indices(5, 1)
    distances = [
        np.linalg.norm(points[:, rows] - points[:, columns], axis=-1)
        for points in (spread, uniform)
    ]
    # The official file: variance 0.0900, distances 0.566, pairs nearer than 0.2 7.6 %.
    assert spread.var() == pytest.approx(0.090, abs=0.002)
    assert distances[0].mean() == pytest.approx(0.566, abs=0.01)
    assert (distances[0] < 0.2).mean() == pytest.approx(0.076, abs=0.01)
    assert (distances[1] < 0.2).mean() > 0.09
