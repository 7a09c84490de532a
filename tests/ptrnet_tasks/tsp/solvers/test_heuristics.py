"""Heuristics end where they promise."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.tsp.distances import Distances, is_tour
from ptrnet_tasks.tsp.solvers.heuristics import (
    farthest_insertion,
    nearest_neighbour,
    or_opt,
    two_opt,
    two_opt_change,
    two_opt_gains,
)

from tests.ptrnet_tasks.tsp.matrices import directed, length, symmetric


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


@settings(deadline=None, max_examples=20)
@given(st.integers(3, 12), st.integers(0, 10_000), st.booleans())
def test_or_opt_ends_where_moving_up_to_three_neighbours_gains_nothing(size, seed, whole):
    matrix = directed(np.random.default_rng(seed), size, whole)
    start = nearest_neighbour(matrix)
    tour = or_opt(matrix, start)
    assert is_tour(tour, size)
    assert length(matrix, tour) <= length(matrix, start) + 1e-12
    for first in range(size):
        for moved in range(1, 4):
            turned = np.roll(tour, -first)
            for behind in range(moved + 1, size):
                other = np.r_[turned[moved:behind], turned[:moved], turned[behind:]]
                assert length(matrix, other) >= length(matrix, tour) - 1e-7


@settings(deadline=None, max_examples=20)
@given(st.integers(4, 30), st.integers(0, 10_000))
def test_the_best_reversal_is_the_best_of_all_whatever_is_held_at_once(size, seed):
    matrix = symmetric(np.random.default_rng(seed), size, whole=True)
    tour = np.random.default_rng(seed).permutation(size)
    change, first, last = two_opt_change(matrix, tour)
    reversed_ = np.r_[tour[: first + 1], tour[first + 1 : last + 1][::-1], tour[last + 1 :]]
    assert length(matrix, reversed_) == length(matrix, tour) + change
    assert change == min(0, two_opt_gains(matrix, tour).min())


def test_gains_of_many_cities_come_some_rows_at_a_time():
    size = 2100
    points = np.random.default_rng(0).random(size)
    matrix = np.abs(points[:, None] - points)
    tour = np.argsort(points)
    tour[2030:2070] = tour[2030:2070][::-1].copy()
    assert len(two_opt_gains(matrix, tour)) < size
    assert two_opt_change(matrix, tour)[1:] == (2029, 2069)


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 15), st.integers(0, 10_000))
def test_construction_visits_every_city_whatever_the_distances(size, seed):
    matrix = np.triu(np.random.default_rng(seed).integers(0, 4, (size, size)), 1)
    matrix += matrix.T
    assert is_tour(nearest_neighbour(matrix), size)
    assert is_tour(farthest_insertion(matrix), size)
