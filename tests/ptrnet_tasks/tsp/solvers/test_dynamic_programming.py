"""Dynamic programming against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.tsp.distances import is_tour
from ptrnet_tasks.tsp.solvers.dynamic_programming import held_karp

from tests.ptrnet_tasks.tsp.matrices import directed, length, shortest, symmetric


@settings(deadline=None, max_examples=30)
@given(
    st.integers(2, 7),
    st.integers(0, 10_000),
    st.booleans(),
    st.sampled_from([symmetric, directed]),
)
def test_dynamic_programming_equals_brute_force_on_any_distances(size, seed, whole, draw):
    rng = np.random.default_rng(seed)
    matrices = np.array([draw(rng, size, whole) for _ in range(3)])
    for matrix, tour in zip(matrices, held_karp(matrices), strict=True):
        assert is_tour(tour, size)
        assert length(matrix, tour) == pytest.approx(shortest(matrix))
