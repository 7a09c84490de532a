"""Construction heuristics and 2-opt on a distance matrix, each move one array operation."""

from __future__ import annotations

import numpy as np


def nearest_neighbour(matrix: np.ndarray) -> np.ndarray:
    """From city 0 always on to the nearest city that is left: `(n, n)` -> `(n,)`."""
    left = matrix.astype(float).copy()
    tour = np.zeros(len(matrix), np.int64)
    left[:, 0] = np.inf
    for step in range(1, len(matrix)):
        tour[step] = left[tour[step - 1]].argmin()
        left[:, tour[step]] = np.inf
    return tour


def farthest_insertion(matrix: np.ndarray) -> np.ndarray:
    """Inserts the city farthest from the tour where it costs least: `(n, n)` -> `(n,)`.

    Rosenkrantz, Stearns, Lewis 1977, "An analysis of several heuristics for the traveling salesman
    problem".
    """
    tour = matrix.max(1).argmax()[None]
    # -1 marks a city on the tour; a city at distance 0 from it is still to be inserted.
    apart = matrix[tour[0]].astype(float)
    apart[tour] = -1.0
    for _ in range(len(matrix) - 1):
        city = int(apart.argmax())
        following = np.roll(tour, -1)
        added = matrix[tour, city] + matrix[city, following] - matrix[tour, following]
        tour = np.insert(tour, int(added.argmin()) + 1, city)
        apart = np.minimum(apart, matrix[city])
        apart[city] = -1.0
    return np.roll(tour, -int(np.argmin(tour)))


def two_opt_gains(matrix: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """What reversing `tour[i + 1 .. j]` would add to the length, `(n, n)`, for `i < j`; else 0."""
    following = np.roll(tour, -1)
    edges = matrix[tour, following].astype(float)
    change = (
        matrix[np.ix_(tour, tour)]
        + matrix[np.ix_(following, following)]
        - edges[:, None]
        - edges[None, :]
    )
    return np.triu(change, 2)


def two_opt(matrix: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """Reverses the stretch that gains most until none gains (Croes 1958): `(n,)` -> `(n,)`."""
    tour = tour.copy()
    small = 1e-9 * max(float(matrix.max()), 1e-300)
    while True:
        change = two_opt_gains(matrix, tour)
        first, last = divmod(int(change.argmin()), len(tour))
        if change[first, last] >= -small:
            return tour
        tour[first + 1 : last + 1] = tour[first + 1 : last + 1][::-1].copy()
