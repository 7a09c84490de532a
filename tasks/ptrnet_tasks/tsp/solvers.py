"""Classical solvers that tours are held against, each from instances to one tour an instance."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.reference import Reference
from ptrnet_tasks.tsp.distances import Distances, distances
from ptrnet_tasks.tsp.dynamic_programming import LARGEST, held_karp
from ptrnet_tasks.tsp.heuristics import (
    farthest_insertion,
    nearest_neighbour,
    two_opt,
    two_opt_gains,
)
from ptrnet_tasks.tsp.integer_program import optimal_tour

if TYPE_CHECKING:
    import networkx as nx

LABELLED_EXACTLY = 12
"""Up to this size dynamic programming is quicker than fast-tsp's search."""

_FAST_TSP_EXACT = 20

LKH_EXTRA = "install it with: pip install 'ptrnet-suite[lkh]'"


def canonical(tour: np.ndarray) -> np.ndarray:
    """The same closed tour from city 0 on, in the direction of the smaller of its neighbours."""
    begun = np.roll(tour, -int(np.argmin(tour)))
    return begun if begun[1] <= begun[-1] else np.roll(begun[::-1], 1)


def search_seconds(size: int) -> float:
    """Time that fast-tsp needs for good labels of uniform points: 2 ms at 50 cities, 8 at 100."""
    return float(np.clip(0.002 * (size / 50) ** 2, 0.0015, 4.0))


def or_opt(measure: Distances, seconds: float) -> np.ndarray:
    """A tour by fast-tsp's Or-opt search in `seconds` of wall-clock time, `(n,)` from city 0.

    fast-tsp takes integers up to 65,535, so other distances are scaled into that range. Up to 20
    cities it would spend 70 ms on dynamic programming; copies of city 0 make it search instead,
    which finds the same tours sooner. A busy machine may cut a search short: one that got less
    than half of its time on a processor, or whose tour 2-opt can still improve, gets more time.
    """
    from fast_tsp import find_tour

    matrix = measure.matrix()
    size = len(matrix)
    if size <= 3:
        return np.arange(size)
    cities = np.r_[np.arange(size), np.zeros(max(0, _FAST_TSP_EXACT + 1 - size), np.int64)]
    largest = float(matrix.max())
    fits = measure.integer and largest <= 65535
    scaled = matrix if fits else np.rint(matrix * (65535 / max(largest, 1e-300)))
    whole = scaled[np.ix_(cities, cities)].astype(np.uint16)
    tour = np.arange(size)
    for patience in (1, 4, 16):
        began = time.thread_time()
        visited = np.array(find_tour(whole, duration_seconds=seconds * patience))
        searched = time.thread_time() - began
        tour = canonical(visited[visited < size])
        if searched >= seconds / 2 and two_opt_gains(scaled, tour).min() >= -1:
            break
    return tour


def label_tours(instances: Instances, patience: float = 1.0) -> list[np.ndarray]:
    """Optimal tours up to `LABELLED_EXACTLY` cities, fast-tsp's beyond.

    patience: times `search_seconds` is what fast-tsp is given.
    """
    sizes = instances.sizes()
    tours: list[np.ndarray] = [np.empty(0, np.int64)] * len(instances)
    for size in np.unique(sizes):
        members = np.flatnonzero(sizes == size)
        if size <= LABELLED_EXACTLY:
            solved = list(held_karp(_matrices(instances, members)))
        else:
            seconds = patience * search_seconds(int(size))
            solved = [or_opt(distances(instances, int(index)), seconds) for index in members]
        for index, tour in zip(members, solved, strict=True):
            tours[index] = canonical(tour)
    return tours


def _matrices(instances: Instances, members: np.ndarray) -> np.ndarray:
    return np.array([distances(instances, int(index)).matrix() for index in members])


def exact(instances: Instances) -> list[np.ndarray]:
    """Proved optima: dynamic programming to 13 cities, the integer program beyond."""
    sizes = instances.sizes()
    small = np.flatnonzero(sizes <= LARGEST)
    known: dict[int, np.ndarray] = {}
    for size in np.unique(sizes[small]):
        members = np.flatnonzero(sizes == size)
        known |= zip(members.tolist(), held_karp(_matrices(instances, members)), strict=True)
    return [
        known[index] if index in known else _proved(distances(instances, index), int(size))
        for index, size in enumerate(sizes)
    ]


def _proved(measure: Distances, size: int) -> np.ndarray:
    return canonical(optimal_tour(measure, or_opt(measure, 10 * search_seconds(size))))


def fast_tsp(instances: Instances) -> list[np.ndarray]:
    """Tours by fast-tsp, given five times the time of a label."""
    sizes = instances.sizes()
    return [
        or_opt(distances(instances, index), 5 * search_seconds(int(size)))
        for index, size in enumerate(sizes)
    ]


def _each(solve: Callable[[np.ndarray], np.ndarray]) -> Callable[[Instances], list[np.ndarray]]:
    """A solver of instances from a solver of a distance matrix."""

    def solve_all(instances: Instances) -> list[np.ndarray]:
        return [
            canonical(solve(distances(instances, index).matrix()))
            for index in range(len(instances))
        ]

    return solve_all


def _two_opt(matrix: np.ndarray) -> np.ndarray:
    return two_opt(matrix, nearest_neighbour(matrix))


def _graph(matrix: np.ndarray) -> nx.Graph:
    """A complete graph; `from_numpy_array` would drop edges of length 0."""
    import networkx as nx

    graph = nx.Graph()
    first, second = np.triu_indices(len(matrix), 1)
    lengths = matrix[first, second].tolist()
    graph.add_weighted_edges_from(zip(first.tolist(), second.tolist(), lengths, strict=True))
    return graph


def _christofides(matrix: np.ndarray) -> np.ndarray:
    from networkx.algorithms.approximation import christofides

    return np.array(christofides(_graph(matrix))[:-1])


def _greedy(matrix: np.ndarray) -> np.ndarray:
    from networkx.algorithms.approximation import greedy_tsp

    return np.array(greedy_tsp(_graph(matrix), source=0)[:-1])


def _move_one_city(tour: list[int], random: Any) -> list[int]:
    from networkx.algorithms.approximation.traveling_salesman import move_one_node

    # The annealing of networkx 3.6 keeps rejected moves unless the move leaves its input alone.
    return move_one_node(list(tour), random)


def _simulated_annealing(matrix: np.ndarray) -> np.ndarray:
    from networkx.algorithms.approximation import simulated_annealing_tsp

    # The default temperature, 100, suits other units; this one follows those of the instance.
    temperature = 0.03 * float(matrix.mean())
    tour = simulated_annealing_tsp(
        _graph(matrix), "greedy", source=0, seed=1, temp=temperature, move=_move_one_city,
        N_inner=300,
    )  # fmt: skip
    return np.array(tour[:-1])


def _has_elkai() -> bool:
    return find_spec("elkai") is not None


def _lin_kernighan(matrix: np.ndarray) -> np.ndarray:
    import elkai

    # LKH reads integers.
    largest = float(matrix.max())
    whole = matrix if matrix.dtype.kind in "iu" else np.rint(matrix * (1e7 / largest))
    return np.array(elkai.DistanceMatrix(whole.astype(int).tolist()).solve_tsp()[:-1])


def references() -> Mapping[str, Reference]:
    """Solvers by name: the exact one, then by how near to it they usually come."""
    licensed = "Lin-Kernighan-Helsgaun, package elkai (LKH is for non-commercial use)"
    table = (
        Reference("exact", "proved: dynamic programming or integer program", exact, True, 100),
        Reference("fast-tsp", "Or-opt search, package fast-tsp", fast_tsp, largest=10_000),
        Reference("lkh", licensed, _each(_lin_kernighan), False, 2_000, _has_elkai, LKH_EXTRA),
        Reference("2-opt", "2-opt from nearest neighbour", _each(_two_opt), largest=2_000),
        Reference(
            "farthest-insertion", "farthest insertion", _each(farthest_insertion), largest=5_000
        ),
        Reference("annealing", "networkx, simulated", _each(_simulated_annealing), largest=200),
        Reference("christofides", "networkx, christofides", _each(_christofides), largest=300),
        Reference("greedy", "networkx, greedy_tsp", _each(_greedy), largest=500),
        Reference("nearest-neighbour", "numpy", _each(nearest_neighbour), largest=10_000),
    )
    return {reference.name: reference for reference in table}
