"""Matrices in every layout of the TSPLIB manual."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.tsp.distances import distances
from ptrnet_tasks.tsp.matrices import FORMATS
from ptrnet_tasks.tsp.task import TravellingSalesman

from tests.ptrnet_tasks.tsp.tsplib_files import explicit, file_of

TASK = TravellingSalesman()


def written(matrix: np.ndarray, layout: str) -> list[int]:
    """The numbers of a layout by the words of the TSPLIB manual, one entry after the other."""
    size = len(matrix)
    kept = {
        "FULL": lambda row, column: True,
        "UPPER": lambda row, column: column > row,
        "LOWER": lambda row, column: column < row,
        "UPPER_DIAG": lambda row, column: column >= row,
        "LOWER_DIAG": lambda row, column: column <= row,
    }[layout.rpartition("_")[0]]
    places = [(row, column) for row in range(size) for column in range(size)]
    if layout.endswith("COL"):
        places.sort(key=lambda place: (place[1], place[0]))
    return [int(matrix[place]) for place in places if kept(*place)]


@pytest.mark.parametrize("layout", FORMATS)
@settings(deadline=None, max_examples=10)
@given(size=st.integers(3, 9), seed=st.integers(0, 1000))
def test_every_matrix_format_gives_the_matrix_back(tmp_path_factory, layout, size, seed):
    matrix = np.triu(np.random.default_rng(seed).integers(1, 999, (size, size)), 1)
    matrix += matrix.T
    path = file_of(tmp_path_factory.mktemp("m"), explicit(layout, written(matrix, layout), size))
    read = TASK.formats.read(path)
    assert (distances(read, 0).matrix() == matrix).all()
    assert read.sizes().tolist() == [size]
