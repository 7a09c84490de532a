"""Matrices of distances in tables, arrays and JSON, told apart from points."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.tsp.distances import distances, tour_lengths
from ptrnet_tasks.tsp.solvers.dynamic_programming import held_karp
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

TASK = TravellingSalesman()
MATRIX = [[0, 3, 4, 8], [3, 0, 5, 6], [4, 5, 0, 2], [8, 6, 2, 0]]
BODY = "\n".join(",".join(map(str, row)) for row in MATRIX)
NAMED = "\n".join(
    ",".join([name, *map(str, row)]) for name, row in zip("NSWE", MATRIX, strict=True)
)


def read(folder: Path, text: str | bytes, name: str = "matrix.csv") -> Instances:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    instances = TASK.formats.read(path)
    TASK.formats.check(instances)
    return instances


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (BODY, None),
        (BODY.replace(",", ";").replace("3", "3,0"), None),
        (BODY.replace(",", "\t"), None),
        (BODY.replace(",", " "), None),
        (f"N,S,W,E\n{BODY}", "NSWE"),
        (f",N,S,W,E\n{NAMED}", "NSWE"),
        (f"from/to,N,S,W,E\n{NAMED}", "NSWE"),
        (f"N,S,W,E\n{NAMED}", "NSWE"),
        (NAMED, "NSWE"),
        (",1,2,3,4\n" + NAMED.translate(str.maketrans("NSWE", "1234")), "1234"),
    ],
)
def test_a_square_table_with_a_zero_diagonal_is_a_matrix(tmp_path, text, labels):
    instances = read(tmp_path, text)
    assert distances(instances, 0).matrix().tolist() == MATRIX
    assert np.shape(instances.inputs[0]) == (4, 0)
    assert instances.names == ["matrix"]
    tour = np.array([0, 1, 3, 2])
    assert tour_lengths(instances, TASK.references()["exact"].solve(instances)).tolist() == [15]
    told = TASK.presenter.describe(instances, 0, tour)
    assert told.endswith(f"tour {' '.join((labels or '0123')[city] for city in tour)}")
    with pytest.raises(InputError, match="no coordinates, which this model needs"):
        TASK.batch(instances)


@settings(deadline=None, max_examples=15)
@given(st.integers(3, 7), st.integers(0, 1000), st.booleans(), st.booleans())
def test_arrays_and_json_of_any_matrix_give_it_back(tmp_path_factory, size, seed, real, packed):
    rng = np.random.default_rng(seed)
    matrix = rng.random((size, size)) if real else rng.integers(1, 99, (size, size))
    np.fill_diagonal(matrix, 0)
    folder = tmp_path_factory.mktemp("matrices")
    np.save(folder / "a.npy", matrix)
    files = {"a.npy": (folder / "a.npy").read_bytes(), "a.json": json.dumps(matrix.tolist())}
    files["a.csv"] = "\n".join(",".join(map(repr, row)) for row in matrix.tolist())
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        packed_name, packed_data = (f"{name}.gz", gzip.compress(data)) if packed else (name, data)
        instances = read(folder, packed_data, packed_name)
        assert (distances(instances, 0).matrix() == matrix).all()
        best = held_karp(matrix[None].astype(float))[0]
        way = matrix[best, np.roll(best, -1)].sum()
        assert tour_lengths(instances, [best])[0] == pytest.approx(way)


@pytest.mark.parametrize("text", ["0,1\n1,0\n", "0,1\n5,0\n"])
def test_two_by_two_are_two_points(tmp_path, text):
    (tmp_path / "two.csv").write_text(text)
    assert np.shape(TASK.formats.read(tmp_path / "two.csv").inputs) == (1, 2, 2)


def test_points_that_begin_at_the_origin_are_points(tmp_path):
    lines = "0 0 1 0 1 1 output 1 2 3 1\n" * 3
    instances = read(tmp_path, lines, "tours.txt")
    assert instances.solutions.tolist() == [[0, 1, 2]] * 3
    assert np.shape(read(tmp_path, "0,0\n1,0\n1,1\n").inputs) == (1, 3, 2)
    np.save(tmp_path / "points.npy", np.random.default_rng(0).random((5, 2)))
    assert np.shape(TASK.formats.read(tmp_path / "points.npy").inputs) == (1, 5, 2)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("4,5,0,2", "4,5,0", "line 3 is '4,5,0'; a matrix of distances has as many columns as"),
        ("4,5,0,2", "4,5,1,2", "line 3 is '4,5,1,2'; a matrix .* zeros on its diagonal"),
        ("4,5,0,2", "4,x,0,2", "line 3 is '4,x,0,2'; a matrix .* numbers alone"),
        ("4,5,0,2", "4,-5,0,2", "no matrix of distances: a distance is negative"),
        ("4,5,0,2\n", "", "a matrix of distances has as many columns as its 3 rows"),
    ],
)
def test_what_keeps_a_table_from_being_a_matrix_is_told(tmp_path, old, new, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, BODY.replace(old, new))
