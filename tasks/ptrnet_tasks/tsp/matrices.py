"""The layouts in which TSPLIB writes a symmetric matrix as one run of numbers."""

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


def unfold(numbers: np.ndarray, size: int, layout: str) -> np.ndarray:
    """The `(size, size)` matrix, integer where all numbers are.

    Raises ValueError for a wrong count, a negative or infinite number, or an asymmetric matrix.
    """
    rows, columns = _places(size, layout)
    if len(numbers) != len(rows):
        raise ValueError(f"{len(numbers)} numbers; {layout} of {size} cities needs {len(rows)}")
    if not np.isfinite(numbers).all() or (numbers < 0).any():
        raise ValueError("a distance is negative or not finite")
    matrix = np.zeros((size, size))
    matrix[rows, columns] = numbers
    if layout == "FULL_MATRIX":
        np.fill_diagonal(matrix, 0)
        if (matrix != matrix.T).any():
            raise ValueError("the matrix is not symmetric")
    else:
        matrix[columns, rows] = numbers
        np.fill_diagonal(matrix, 0)
    return matrix.astype(np.int64) if (matrix == np.trunc(matrix)).all() else matrix


def _places(size: int, layout: str) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of each number, in the order of the file."""
    if layout == "FULL_MATRIX":
        rows, columns = np.indices((size, size))
        return rows.ravel(), columns.ravel()
    offset = 0 if "DIAG" in layout else 1
    # A triangle read by columns is the other triangle, transposed, read by rows.
    if layout in ("UPPER_ROW", "UPPER_DIAG_ROW", "LOWER_COL", "LOWER_DIAG_COL"):
        return np.triu_indices(size, offset)
    return np.tril_indices(size, -offset)
