"""The layouts in which TSPLIB writes a matrix as one run of numbers."""

from __future__ import annotations

import numpy as np

FORMATS = (
    "FULL_MATRIX",
    "UPPER_ROW",
    "LOWER_ROW",
    "UPPER_DIAG_ROW",
    "LOWER_DIAG_ROW",
    "UPPER_COL",
    "LOWER_COL",
    "UPPER_DIAG_COL",
    "LOWER_DIAG_COL",
)
"""Every EDGE_WEIGHT_FORMAT of TSPLIB 95 (section 1) for EXPLICIT weights."""

LARGEST = 1e150
"""Largest distance; sums of them and their squares are still finite."""


def count_of(size: int, layout: str) -> int:
    """How many numbers a layout has for `size` cities."""
    if layout == "FULL_MATRIX":
        return size * size
    return size * (size + 1) // 2 if "DIAG" in layout else size * (size - 1) // 2


def unfold(numbers: np.ndarray, size: int, layout: str, directed: bool = False) -> np.ndarray:
    """The `(size, size)` matrix, integer where all numbers are, zero on the diagonal.

    directed: whether ways back may be longer. Raises ValueError for a wrong count, and as
    `as_distances`.
    """
    needed = count_of(size, layout)
    if len(numbers) != needed:
        raise ValueError(f"{len(numbers)} numbers; {layout} of {size} cities needs {needed}")
    if layout == "FULL_MATRIX":
        return as_distances(numbers.reshape(size, size), directed)
    # A triangle read by columns is the other triangle, transposed, read by rows.
    upper = layout in ("UPPER_ROW", "UPPER_DIAG_ROW", "LOWER_COL", "LOWER_DIAG_COL")
    diagonal = 0 if "DIAG" in layout else 1
    within = np.tri(size, size, -diagonal, dtype=bool)
    if upper:
        within = ~np.tri(size, size, diagonal - 1, dtype=bool)
    matrix = np.zeros((size, size))
    matrix[within] = numbers
    return as_distances(matrix + matrix.T, directed)


def as_distances(matrix: np.ndarray, directed: bool) -> np.ndarray:
    """Distances without a diagonal, which files fill as they like, integer where all numbers are.

    Raises ValueError for a number that is negative or beyond `LARGEST`, and for an asymmetric
    matrix unless `directed`.
    """
    matrix = np.array(matrix, float)
    np.fill_diagonal(matrix, 0)
    if not ((matrix >= 0) & (matrix <= LARGEST)).all():
        raise ValueError(f"a distance is negative, not finite or beyond {LARGEST:g}")
    if not directed and (matrix != matrix.T).any():
        raise ValueError("the matrix is not symmetric, which the TYPE ATSP allows")
    whole = (matrix == np.trunc(matrix)).all() and matrix.max(initial=0) < 2**53
    return matrix.astype(np.int64) if whole else matrix
