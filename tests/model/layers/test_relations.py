"""The unit of distances, and how crowded it is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial import KDTree

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.layers.relations import spacing
from ptrnet_suite.search.sampling import Greedy


def unit_of(points: np.ndarray) -> float:
    vectors = torch.tensor(points[None], dtype=torch.float32)
    return float(spacing(vectors, torch.ones(vectors.shape[:2], dtype=torch.bool)))


@pytest.mark.parametrize("size", [5, 60])
def test_the_unit_is_the_mean_distance_to_the_nearest_other_place(size: int) -> None:
    points = np.random.default_rng(size).random((size, 2))
    nearest = KDTree(points).query(points, k=2)[0][:, 1].mean()
    assert unit_of(points) == pytest.approx(nearest, rel=1e-4)
    for repeats in (2, 7):
        assert unit_of(np.repeat(points, repeats, 0)) == pytest.approx(nearest, rel=1e-4)


def test_padding_and_a_single_place_leave_a_unit() -> None:
    vectors = torch.tensor([[[0.1, 0.1], [0.4, 0.5], [0.0, 0.0]], [[0.3, 0.3]] * 3])
    mask = torch.tensor([[True, True, False], [True, True, True]])
    units = spacing(vectors, mask)
    assert float(units[0]) == pytest.approx(0.5)
    assert 0 < float(units[1]) < 1e-5


@pytest.mark.parametrize(("places", "repeats"), [(20, 2), (8, 5), (3, 10)])
def test_tours_of_repeated_cities_are_hardly_longer_than_without(places: int, repeats: int) -> None:
    checkpoint = load_checkpoint("tsp50")
    rng = np.random.default_rng(places)
    points = rng.random((40, places, 2))
    many = np.stack([rng.permutation(np.repeat(each, repeats, 0)) for each in points])
    optimal = checkpoint.task.label(Instances(points))
    known = checkpoint.task.evaluate(optimal, optimal.solutions)["length"].values
    answers = solve_instances(checkpoint.model, checkpoint.task, Instances(many), Greedy())
    lengths = checkpoint.task.evaluate(Instances(many), answers)["length"].values
    assert np.mean(lengths / known - 1) < 0.05
