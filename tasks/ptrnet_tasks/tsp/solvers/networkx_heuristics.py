"""The heuristics of networkx on a distance matrix `(n, n)`, each to a closed tour `(n,)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    import networkx as nx


def christofides(matrix: np.ndarray) -> np.ndarray:
    """Raises InputError for directed distances, between which no two edges match."""
    from networkx.algorithms.approximation import christofides

    graph = _graph(matrix)
    if graph.is_directed():
        raise InputError(
            "christofides takes distances that are the same both ways, and these are directed; "
            "accepted for them are exact, fast-tsp and all other solvers"
        )
    return np.array(christofides(graph)[:-1])


def greedy(matrix: np.ndarray) -> np.ndarray:
    """Always on to the nearest city that is left."""
    from networkx.algorithms.approximation import greedy_tsp

    return np.array(greedy_tsp(_graph(matrix), source=0)[:-1])


def simulated_annealing(matrix: np.ndarray) -> np.ndarray:
    """From the greedy tour, in a temperature that suits the instance."""
    from networkx.algorithms.approximation import simulated_annealing_tsp

    # The default temperature, 100, suits other units; this one follows those of the instance.
    temperature = 0.03 * float(matrix.mean())
    tour = simulated_annealing_tsp(
        _graph(matrix), "greedy", source=0, seed=1, temp=temperature, move=_move_one_city,
        N_inner=300,
    )  # fmt: skip
    return np.array(tour[:-1])


def _move_one_city(tour: list[int], random: Any) -> list[int]:
    from networkx.algorithms.approximation.traveling_salesman import move_one_node

    # The annealing of networkx 3.6 keeps rejected moves unless the move leaves its input alone.
    return move_one_node(list(tour), random)


def _graph(matrix: np.ndarray) -> nx.Graph:
    """A complete graph, of arcs where distances are directed.

    `from_numpy_array` would drop edges of length 0.
    """
    import networkx as nx

    apart = ~np.eye(len(matrix), dtype=bool)
    directed = bool((matrix != matrix.T).any())
    graph = nx.DiGraph() if directed else nx.Graph()
    first, second = np.nonzero(apart if directed else np.triu(apart))
    lengths = matrix[first, second].tolist()
    graph.add_weighted_edges_from(zip(first.tolist(), second.tolist(), lengths, strict=True))
    return graph
