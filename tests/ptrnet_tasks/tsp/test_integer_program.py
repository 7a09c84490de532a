from itertools import permutations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.points.files import read_point_file
from ptrnet_tasks.tsp.distances import Distances, is_tour, tour_lengths
from ptrnet_tasks.tsp.dynamic_programming import held_karp
from ptrnet_tasks.tsp.integer_program import optimal_tour, smallest_cuts
from ptrnet_tasks.tsp.solvers import exact, references

from ptrnet_suite.data.instances import Instances
from tests.locations import SHARED, needs_data


def brute_force_length(matrix: np.ndarray) -> float:
    orders = np.array([(0, *rest) for rest in permutations(range(1, len(matrix)))])
    return float(matrix[orders, np.roll(orders, -1, 1)].sum(1).min())


def symmetric(rng: np.random.Generator, size: int, whole: bool) -> np.ndarray:
    """Any distances, the triangle inequality not included."""
    matrix = rng.integers(0, 30, (size, size)) if whole else rng.random((size, size))
    matrix = np.triu(matrix, 1)
    return matrix + matrix.T


def length(matrix: np.ndarray, tour: np.ndarray) -> float:
    return float(matrix[tour, np.roll(tour, -1)].sum())


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 7), st.integers(0, 10_000), st.booleans())
def test_dynamic_programming_equals_brute_force_on_any_distances(size, seed, whole):
    rng = np.random.default_rng(seed)
    matrices = np.array([symmetric(rng, size, whole) for _ in range(3)])
    for matrix, tour in zip(matrices, held_karp(matrices), strict=True):
        assert is_tour(tour, size)
        assert length(matrix, tour) == pytest.approx(brute_force_length(matrix))


@settings(deadline=None, max_examples=15)
@given(st.integers(4, 11), st.integers(0, 10_000), st.booleans())
def test_the_integer_program_equals_dynamic_programming_on_any_distances(size, seed, whole):
    matrix = symmetric(np.random.default_rng(seed), size, whole)
    found = optimal_tour(Distances("EXPLICIT", matrix), np.arange(size))
    assert is_tour(found, size)
    assert length(matrix, found) == pytest.approx(length(matrix, held_karp(matrix[None])[0]))


def test_the_integer_program_improves_on_a_bad_tour_of_clusters_far_apart():
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0], [10, 0], [0, 10]])
    points = np.concatenate([centre + rng.random((4, 2)) for centre in centres])
    matrix = Distances("EUCLIDEAN", points)
    crossing = np.arange(12).reshape(3, 4).T.ravel()
    found = optimal_tour(matrix, crossing)
    assert matrix.along(found) == pytest.approx(
        matrix.along(held_karp(matrix.matrix()[None])[0])
    )  # fmt: skip
    assert matrix.along(found) < matrix.along(crossing) / 2


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 9), st.integers(0, 10_000))
def test_the_smallest_cut_equals_that_of_networkx(size, seed):
    weights = symmetric(np.random.default_rng(seed), size, whole=True) + 1.0
    np.fill_diagonal(weights, 0)
    graph = nx.from_numpy_array(weights)
    cuts = smallest_cuts(weights)
    assert min(value for value, _ in cuts) == pytest.approx(nx.stoer_wagner(graph)[0])
    for value, side in cuts:
        assert weights[side][:, ~side].sum() == pytest.approx(value)


@pytest.mark.parametrize("size", [3, 4, 5, 20, 30])
def test_cities_in_one_place_are_solved_exactly(size):
    points = np.random.default_rng(0).random((1, size, 2))
    points[0, 1] = points[0, 0]
    twice, once = Instances(points), Instances(points[:, 1:])
    if size > 3:
        lengths = tour_lengths(twice, exact(twice)), tour_lengths(once, exact(once))
        assert lengths[0] == pytest.approx(lengths[1])
    assert is_tour(exact(twice)[0], size)


@needs_data
@pytest.mark.parametrize("name", ["tsp_5_test_first1000.txt", "tsp_10_test_exact_first1000.txt"])
def test_every_official_tour_of_5_and_10_cities_is_optimal(name):
    instances = read_point_file(SHARED / "ptrnet" / name, every_point=True)
    ours = tour_lengths(instances, exact(instances))
    official = tour_lengths(instances, instances.solutions)
    assert np.abs(ours - official).max() < 1e-9


@needs_data
def test_the_integer_program_proves_concorde_s_tours_of_50_cities():
    whole = read_point_file(SHARED / "tsp" / "tsp50_concorde_1280.txt", every_point=True)
    instances = whole.subset([0, 4, 5, 6, 9])
    ours = tour_lengths(instances, references()["exact"].solve(instances))
    assert ours == pytest.approx(tour_lengths(instances, instances.solutions), rel=1e-9)
