"""Random distances, the length of a tour by them, and the shortest of all."""

from __future__ import annotations

from itertools import permutations

import numpy as np


def symmetric(rng: np.random.Generator, size: int, whole: bool) -> np.ndarray:
    """Any distances, the triangle inequality not included."""
    matrix = directed(rng, size, whole)
    matrix = np.triu(matrix, 1)
    return matrix + matrix.T


def directed(rng: np.random.Generator, size: int, whole: bool) -> np.ndarray:
    """Any distances, of which the way back is another."""
    matrix = rng.integers(0, 30, (size, size)) if whole else rng.random((size, size))
    np.fill_diagonal(matrix, 0)
    return matrix


def length(matrix: np.ndarray, tour: np.ndarray) -> float:
    return float(matrix[tour, np.roll(tour, -1)].sum())


def shortest(
    matrix: np.ndarray, is_open: bool = False, start: int | None = None, end: int | None = None
) -> float:
    """Length of the shortest closed tour, or path between these ends, of all orders of cities."""
    orders = np.array(list(permutations(range(len(matrix)))))
    if not is_open:
        orders = orders[orders[:, 0] == 0]
        return float(matrix[orders, np.roll(orders, -1, 1)].sum(1).min())
    if start is not None:
        orders = orders[orders[:, 0] == start]
    if end is not None:
        orders = orders[orders[:, -1] == end]
    return float(matrix[orders[:, :-1], orders[:, 1:]].sum(1).min())
