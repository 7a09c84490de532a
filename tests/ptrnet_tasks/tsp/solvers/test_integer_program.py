"""The integer program against dynamic programming and Concorde."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.points.files import read_point_file
from ptrnet_tasks.tsp.distances import Distances, is_tour, tour_lengths
from ptrnet_tasks.tsp.solvers.dynamic_programming import held_karp
from ptrnet_tasks.tsp.solvers.integer_program import optimal_tour, smallest_cuts
from ptrnet_tasks.tsp.solvers.references import references

from tests.locations import SHARED, needs_data
from tests.ptrnet_tasks.tsp.matrices import directed, length, symmetric


@settings(deadline=None, max_examples=30)
@given(
    st.integers(3, 11),
    st.integers(0, 10_000),
    st.booleans(),
    st.sampled_from([symmetric, directed]),
)
def test_the_integer_program_equals_dynamic_programming_on_any_distances(size, seed, whole, draw):
    matrix = draw(np.random.default_rng(seed), size, whole)
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


@needs_data
def test_the_integer_program_proves_concorde_s_tours_of_50_cities():
    whole = read_point_file(SHARED / "tsp" / "tsp50_concorde_1280.txt", every_point=True)
    instances = whole.subset([0, 4, 5, 6, 9])
    ours = tour_lengths(instances, references()["exact"].solve(instances))
    assert ours == pytest.approx(tour_lengths(instances, instances.solutions), rel=1e-9)
