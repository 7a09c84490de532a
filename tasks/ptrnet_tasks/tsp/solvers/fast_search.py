"""Good tours soon, by the local search of the package fast-tsp."""

from __future__ import annotations

import time

import numpy as np

from ptrnet_tasks.tsp.distances import Distances
from ptrnet_tasks.tsp.solvers import heuristics

LARGEST_DISTANCE = 65535
"""fast-tsp takes integers of 16 bits."""

_EXACT = 20
"""Up to so many cities fast-tsp would spend 70 ms on dynamic programming."""


def search_seconds(size: int) -> float:
    """Time that fast-tsp needs for good labels of uniform points: 2 ms at 50 cities, 8 at 100."""
    return float(np.clip(0.002 * (size / 50) ** 2, 0.0015, 4.0))


def or_opt(measure: Distances, seconds: float) -> np.ndarray:
    """A tour by fast-tsp's Or-opt search in `seconds` of wall-clock time, `(n,)`.

    fast-tsp takes integers up to 65,535, so other distances are scaled into that range. A busy
    machine may cut a search short: one that got less than half of its time on a processor, or
    whose tour a plain heuristic can still improve, gets more time. Directed distances are searched
    as symmetric ones of twice as many cities, in four times the time.
    """
    matrix = measure.matrix()
    size = len(matrix)
    if size <= 2 or (size == 3 and measure.symmetric):
        return np.arange(size)
    if not measure.symmetric:
        return _directed(matrix, 4 * seconds)
    largest = float(matrix.max())
    fits = measure.integer and largest <= LARGEST_DISTANCE
    scaled = matrix if fits else np.rint(matrix * (LARGEST_DISTANCE / max(largest, 1e-300)))
    tour = np.arange(size)
    for patience in (1, 4, 16):
        tour, in_time = _search(scaled, seconds * patience)
        if in_time and heuristics.two_opt_change(scaled, tour)[0] >= -1:
            break
    return tour


def _search(whole: np.ndarray, seconds: float) -> tuple[np.ndarray, bool]:
    """A tour of symmetric distances in 16 bits, and whether a processor had time for it.

    Copies of city 0 make fast-tsp search few cities too, which finds the same tours sooner.
    """
    from fast_tsp import find_tour

    size = len(whole)
    matrix = whole.astype(np.uint16)
    if size <= _EXACT:
        cities = np.r_[np.arange(size), np.zeros(_EXACT + 1 - size, np.int64)]
        matrix = matrix[np.ix_(cities, cities)]
    began = time.thread_time()
    visited = np.array(find_tour(matrix, duration_seconds=seconds))
    return visited[visited < size], time.thread_time() - began >= seconds / 2


def _directed(matrix: np.ndarray, seconds: float) -> np.ndarray:
    """A tour of directed distances, never worse than moving neighbours can make it."""
    scaled = np.rint(matrix * (LARGEST_DISTANCE // 3 / max(float(matrix.max()), 1e-300)))
    best = heuristics.nearest_neighbour(matrix)
    for patience in (1, 4):
        doubled, in_time = _search(doubled_distances(scaled), seconds * patience)
        tour = undoubled(doubled)
        if tour is not None:
            best = min(best, tour, key=lambda tour: matrix[tour, np.roll(tour, -1)].sum())
            if in_time:
                break
    return heuristics.or_opt(matrix, best)


def doubled_distances(matrix: np.ndarray) -> np.ndarray:
    """Symmetric distances whose tours are those of directed ones, `(n, n)` -> `(2n, 2n)`.

    matrix: whole numbers up to a third of `LARGEST_DISTANCE`. City i is entered at i and left at
    i + n, which are at no distance. From where one city is left to where another is entered it is
    as far as before and a third of the range more, so that few tours gain by tearing a city in
    two; all else is as far as can be. Jonker and Volgenant 1983, "Transforming
    asymmetric into symmetric traveling salesman problems".
    """
    size = len(matrix)
    doubled = np.full((2 * size, 2 * size), LARGEST_DISTANCE, np.int64)
    ways = matrix + LARGEST_DISTANCE // 3
    np.fill_diagonal(ways, 0)
    doubled[size:, :size], doubled[:size, size:] = ways, ways.T
    np.fill_diagonal(doubled, 0)
    return doubled


def undoubled(tour: np.ndarray) -> np.ndarray | None:
    """The directed tour that a tour of `doubled_distances` means; None where it tears a city."""
    size = len(tour) // 2
    begun = np.roll(tour, -int(np.flatnonzero(tour == 0)[0]))
    if begun[1] != size:
        begun = np.r_[begun[:1], begun[:0:-1]]
    entered, left = begun[::2], begun[1::2]
    return entered if bool((left == entered + size).all()) else None
