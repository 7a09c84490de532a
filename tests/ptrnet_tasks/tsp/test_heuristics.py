"""Heuristics end where they promise."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.tsp.distances import Distances, is_tour
from ptrnet_tasks.tsp.heuristics import farthest_insertion, nearest_neighbour, two_opt


@settings(deadline=None, max_examples=30)
@given(st.integers(4, 25), st.integers(0, 10_000))
def test_two_opt_ends_where_no_reversal_gains(size, seed):
    points = np.random.default_rng(seed).random((size, 2))
    measure = Distances("EUCLIDEAN", points)
    start = nearest_neighbour(measure.matrix())
    tour = two_opt(measure.matrix(), start)
    length = measure.along(tour)
    assert length <= measure.along(start) + 1e-12
    for first in range(size):
        for last in range(first + 2, size + 1):
            other = np.r_[tour[:first], tour[first:last][::-1], tour[last:]]
            assert measure.along(other) >= length - 1e-7


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 15), st.integers(0, 10_000))
def test_construction_visits_every_city_whatever_the_distances(size, seed):
    matrix = np.triu(np.random.default_rng(seed).integers(0, 4, (size, size)), 1)
    matrix += matrix.T
    assert is_tour(nearest_neighbour(matrix), size)
    assert is_tour(farthest_insertion(matrix), size)
