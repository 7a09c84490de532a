"""Constructions, 2-opt and Or-opt on a distance matrix, each move one array operation.

All but 2-opt, which turns a stretch round, also take directed distances.
"""

from __future__ import annotations

import numpy as np


def nearest_neighbour(matrix: np.ndarray) -> np.ndarray:
    """From city 0 always on to the nearest city that is left: `(n, n)` -> `(n,)`."""
    tour = np.zeros(len(matrix), np.int64)
    visited = np.zeros(len(matrix), bool)
    for step in range(1, len(matrix)):
        visited[tour[step - 1]] = True
        tour[step] = np.where(visited, np.inf, matrix[tour[step - 1]]).argmin()
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


def two_opt_gains(matrix: np.ndarray, tour: np.ndarray, start: int = 0) -> np.ndarray:
    """What reversing `tour[i + 1 .. j]` would add to the length, for `i < j`; else 0.

    `(rows, n)`, of all i from `start` on that a few megabytes hold.
    """
    rows = slice(start, start + max(1, 2**22 // len(tour)))
    following = np.roll(tour, -1)
    edges = matrix[tour, following].astype(float)
    change = (
        matrix[np.ix_(tour[rows], tour)]
        + matrix[np.ix_(following[rows], following)]
        - edges[rows, None]
        - edges[None, :]
    )
    return np.triu(change, start + 2)


def two_opt_change(matrix: np.ndarray, tour: np.ndarray) -> tuple[float, int, int]:
    """The best that reversing `tour[i + 1 .. j]` would add to the length, with i and j."""
    best, start = (0.0, 0, 0), 0
    while start < len(tour):
        gains = two_opt_gains(matrix, tour, start)
        first, last = divmod(int(gains.argmin()), len(tour))
        best = min(best, (float(gains[first, last]), start + first, last))
        start += len(gains)
    return best


def two_opt(matrix: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """Reverses the stretch that gains most until none gains (Croes 1958): `(n,)` -> `(n,)`."""
    tour = tour.copy()
    small = 1e-9 * max(float(matrix.max()), 1e-300)
    while True:
        change, first, last = two_opt_change(matrix, tour)
        if change >= -small:
            return tour
        tour[first + 1 : last + 1] = tour[first + 1 : last + 1][::-1].copy()


LONGEST_MOVED = 3
"""Most cities that `or_opt` moves together."""


def or_opt(matrix: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """Moves the one to three neighbours that gain most to another place until none do.

    `(n, n)` and `(n,)` -> `(n,)`. They keep their direction, so the distances may be directed. Or
    1976, "Traveling salesman-type combinatorial problems and their relation to the logistics of
    regional blood banking".
    """
    tour, size = tour.copy(), len(tour)
    small = 1e-9 * max(float(matrix.max()), 1e-300)
    while True:
        moves = [_best_move(matrix, tour, length) for length in range(1, LONGEST_MOVED + 1)]
        length = int(np.argmin([change for change, _, _ in moves])) + 1
        change, first, after = moves[length - 1]
        if change >= -small:
            return tour
        turned = np.roll(tour, -first)
        behind = (after - first) % size + 1
        tour = np.r_[turned[length:behind], turned[:length], turned[behind:]]


def _best_move(matrix: np.ndarray, tour: np.ndarray, length: int) -> tuple[float, int, int]:
    """What the best move of `length` neighbours adds; places of the first, and of where it goes.

    They go behind the city at that place. Infinite where there is no other place.
    """
    size = len(tour)
    if size < length + 2:
        return np.inf, 0, 0
    places = np.arange(size)
    following, last, before = np.roll(tour, -1), np.roll(tour, 1 - length), np.roll(tour, 1)
    behind = np.roll(tour, -length)
    edges = matrix[tour, following].astype(float)
    saved = matrix[before, tour] + matrix[last, behind] - matrix[before, behind]
    added = matrix[np.ix_(tour, tour)].T + matrix[np.ix_(last, following)] - edges
    change = added - saved[:, None]
    # Not among themselves, nor behind the city that they follow now.
    shift = (places[None, :] - places[:, None]) % size
    change[(shift < length) | (shift == size - 1)] = np.inf
    first, after = divmod(int(change.argmin()), size)
    return float(change[first, after]), first, after
