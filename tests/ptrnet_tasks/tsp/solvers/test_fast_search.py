"""fast-tsp's tours, of distances that it does not take as they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.tsp.distances import Distances, is_tour
from ptrnet_tasks.tsp.solvers.dynamic_programming import held_karp
from ptrnet_tasks.tsp.solvers.fast_search import (
    LARGEST_DISTANCE,
    doubled_distances,
    or_opt,
    undoubled,
)

from tests.ptrnet_tasks.tsp.matrices import directed, length


def test_distances_beyond_16_bits_are_scaled_and_zero_distances_are_no_obstacle():
    points = np.random.default_rng(0).random((30, 2))
    small, large = Distances("EUCLIDEAN", points), Distances("EUC_2D", points * 1e7)
    assert large.along(or_opt(large, 0.05)) == pytest.approx(
        1e7 * small.along(or_opt(small, 0.05)), rel=1e-4
    )  # fmt: skip
    assert is_tour(or_opt(Distances("EXPLICIT", np.zeros((25, 25), int)), 0.002), 25)


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 8), st.integers(0, 10_000))
def test_tours_of_doubled_distances_are_the_directed_ones(size, seed):
    rng = np.random.default_rng(seed)
    matrix = directed(rng, size, whole=True)
    doubled = doubled_distances(matrix)
    assert (doubled == doubled.T).all()
    tour = rng.permutation(size)
    twice = np.stack([tour, tour + size], 1).ravel()
    for way in (twice, np.roll(twice[::-1], 3)):
        assert length(doubled, way) == length(matrix, tour) + size * (LARGEST_DISTANCE // 3)
        back = undoubled(way)
        assert back is not None
        assert length(matrix, back) == length(matrix, tour)


def test_a_tour_that_tears_a_city_is_none_of_the_directed_ones():
    assert undoubled(np.array([0, 3, 4, 1, 2, 5])) is None
    assert undoubled(np.array([0, 4, 1, 3, 2, 5])) is None


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("size", [3, 5, 9, 12])
def test_directed_tours_are_mostly_the_shortest(size, whole):
    rng = np.random.default_rng(size)
    matrices = np.array([directed(rng, size, whole) for _ in range(5)])
    found = [or_opt(Distances("EXPLICIT", matrix), 0.005) for matrix in matrices]
    best = [length(*pair) for pair in zip(matrices, held_karp(matrices), strict=True)]
    lengths = np.array([length(*pair) for pair in zip(matrices, found, strict=True)])
    assert all(is_tour(tour, size) for tour in found)
    assert lengths.mean() <= 1.01 * np.mean(best)
