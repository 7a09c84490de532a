"""Classical solvers that tours are held against, each from instances to one answer an instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.reference import Reference
from ptrnet_tasks.tsp.distances import Distances
from ptrnet_tasks.tsp.ends import CLOSED, Ends
from ptrnet_tasks.tsp.solvers import heuristics
from ptrnet_tasks.tsp.solvers.closed_form import ClosedForm, check_matrices, closed_forms
from ptrnet_tasks.tsp.solvers.dynamic_programming import LARGEST, held_karp
from ptrnet_tasks.tsp.solvers.fast_search import or_opt, search_seconds
from ptrnet_tasks.tsp.solvers.heuristics import farthest_insertion, nearest_neighbour
from ptrnet_tasks.tsp.solvers.integer_program import optimal_tour
from ptrnet_tasks.tsp.solvers.networkx_heuristics import christofides, greedy, simulated_annealing

LABELLED_EXACTLY = 12
"""Up to this size dynamic programming is quicker than fast-tsp's search."""

Solve = Callable[[Instances], list[np.ndarray]]
"""An answer to each instance."""

Solver = Callable[[Distances], np.ndarray]
"""A closed tour `(n,)` of the cities of one instance."""

LKH_EXTRA = "install it with: pip install 'ptrnet-suite[lkh]'"


def label_tours(
    instances: Instances, patience: float = 1.0, ends: Ends = CLOSED
) -> list[np.ndarray]:
    """Optimal tours up to `LABELLED_EXACTLY` cities, fast-tsp's beyond.

    patience: times `search_seconds` is what fast-tsp is given. Raises InputError for an instance
    too large for a matrix of its distances.
    """
    return _solved(instances, ends, LABELLED_EXACTLY, partial(_searched, patience=patience))


def exact(instances: Instances, ends: Ends = CLOSED) -> list[np.ndarray]:
    """Proved optima: dynamic programming to 13 cities, the integer program beyond."""
    return _solved(instances, ends, LARGEST - ends.open, _proved)


def fast_tsp(instances: Instances, ends: Ends = CLOSED) -> list[np.ndarray]:
    """Tours by fast-tsp, given five times the time of a label."""
    return _solved(instances, ends, 0, partial(_searched, patience=5))


def _solved(instances: Instances, ends: Ends, largest: int, beyond: Solver) -> list[np.ndarray]:
    """Answers by dynamic programming up to `largest` cities, by another solver beyond."""
    check_matrices(instances)
    forms, sizes = closed_forms(instances, ends), instances.sizes()
    tours: list[np.ndarray] = [np.empty(0, np.int64)] * len(forms)
    for size in np.unique(sizes):
        members = np.flatnonzero(sizes == size)
        chosen = [forms[index] for index in members]
        for index, tour in zip(members, _tours(chosen, size <= largest, beyond), strict=True):
            tours[index] = forms[index].answer(tour)
    return tours


def _tours(forms: Sequence[ClosedForm], small: bool, beyond: Solver) -> Sequence[np.ndarray]:
    """Closed tours of instances of one size; dynamic programming takes the small ones together."""
    if small:
        return list(held_karp(np.array([form.measure.matrix() for form in forms])))
    return [beyond(form.measure) for form in forms]


def _searched(measure: Distances, patience: float) -> np.ndarray:
    return or_opt(measure, patience * search_seconds(measure.size))


def _proved(measure: Distances) -> np.ndarray:
    return optimal_tour(measure, _searched(measure, patience=10))


def _each(
    instances: Instances, ends: Ends, solve: Callable[[np.ndarray], np.ndarray]
) -> list[np.ndarray]:
    """Answers by a solver of one matrix of distances."""
    return _solved(instances, ends, 0, lambda measure: solve(measure.matrix()))


def _improved(matrix: np.ndarray) -> np.ndarray:
    """2-opt from nearest neighbour; of directed distances, which a reversal changes, Or-opt."""
    directed = bool((matrix != matrix.T).any())
    improve = heuristics.or_opt if directed else heuristics.two_opt
    return improve(matrix, nearest_neighbour(matrix))


def _has_elkai() -> bool:
    return find_spec("elkai") is not None


def _lin_kernighan(matrix: np.ndarray) -> np.ndarray:
    import elkai

    # LKH reads integers.
    largest = float(matrix.max())
    whole = matrix if matrix.dtype.kind in "iu" else np.rint(matrix * (1e7 / largest))
    return np.array(elkai.DistanceMatrix(whole.astype(int).tolist()).solve_tsp()[:-1])


def references(ends: Ends = CLOSED) -> Mapping[str, Reference]:
    """Solvers by name: the exact one, then by how near to it they usually come."""
    licensed = "Lin-Kernighan-Helsgaun, package elkai (LKH is for non-commercial use)"

    proved, searched = partial(exact, ends=ends), partial(fast_tsp, ends=ends)

    def each(solve: Callable[[np.ndarray], np.ndarray]) -> Solve:
        return partial(_each, ends=ends, solve=solve)

    table = (
        Reference("exact", "proved: dynamic programming or integer program", proved, True, 100),
        Reference("fast-tsp", "Or-opt search, package fast-tsp", searched, False, 10_000),
        Reference("lkh", licensed, each(_lin_kernighan), False, 2_000, _has_elkai, LKH_EXTRA),
        Reference("2-opt", "2-opt from nearest neighbour", each(_improved), False, 2_000),
        Reference(
            "farthest-insertion", "farthest insertion", each(farthest_insertion), False, 5_000
        ),
        Reference("annealing", "networkx, simulated", each(simulated_annealing), False, 200),
        Reference("christofides", "networkx, christofides", each(christofides), False, 300),
        Reference("greedy", "networkx, greedy_tsp", each(greedy), False, 500),
        Reference("nearest-neighbour", "numpy", each(nearest_neighbour), False, 10_000),
    )
    return {reference.name: reference for reference in table}
