"""networkx's heuristics on matrices."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.tsp.distances import is_tour
from ptrnet_tasks.tsp.solvers.networkx_heuristics import christofides, greedy, simulated_annealing

from ptrnet_suite.errors import InputError
from tests.ptrnet_tasks.tsp.matrices import directed, length, symmetric


@pytest.mark.parametrize("draw", [symmetric, directed])
def test_annealing_is_no_worse_than_the_greedy_tour_whatever_the_distances(draw):
    matrix = draw(np.random.default_rng(0), 12, whole=True)
    tours = greedy(matrix), simulated_annealing(matrix)
    assert all(is_tour(tour, 12) for tour in tours)
    assert length(matrix, tours[1]) <= length(matrix, tours[0])


def test_christofides_says_that_it_takes_no_directed_distances():
    matrix = symmetric(np.random.default_rng(0), 6, whole=True)
    assert is_tour(christofides(matrix), 6)
    matrix[0, 1] += 1
    with pytest.raises(
        InputError, match="christofides takes distances that are the same both ways"
    ):
        christofides(matrix)
