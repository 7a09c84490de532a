"""Random distances, and the length of a tour by them."""

from __future__ import annotations

import numpy as np


def symmetric(rng: np.random.Generator, size: int, whole: bool) -> np.ndarray:
    """Any distances, the triangle inequality not included."""
    matrix = rng.integers(0, 30, (size, size)) if whole else rng.random((size, size))
    matrix = np.triu(matrix, 1)
    return matrix + matrix.T


def length(matrix: np.ndarray, tour: np.ndarray) -> float:
    return float(matrix[tour, np.roll(tour, -1)].sum())
