"""Files of points in every format."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.points.files import read_point_file, write_point_file

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from tests.locations import SHARED, needs_data


@pytest.mark.parametrize("name", ["lkh", ["lkh", "concorde", "lkh"]])
def test_an_npz_keeps_the_names_of_its_solvers(tmp_path, name):
    points = np.random.default_rng(0).random((3, 4, 2))
    np.savez(
        tmp_path / "a.npz", points=points, solutions=np.tile(np.arange(4), (3, 1)), solver=name
    )
    read = read_point_file(tmp_path / "a.npz")
    expected = [name] * 3 if isinstance(name, str) else name
    assert read.columns["solver"].tolist() == expected
    write_point_file(read.subset([1, 2]), tmp_path / "b.npz")
    assert read_point_file(tmp_path / "b.npz").columns["solver"].tolist() == expected[1:]


def test_names_of_solvers_that_are_too_few_are_told(tmp_path):
    points = np.random.default_rng(0).random((3, 4, 2))
    np.savez(tmp_path / "a.npz", points=points, solver=["lkh", "lkh"])
    with pytest.raises(InputError, match=r"'solver' has the shape \(2,\).* 3 instances"):
        read_point_file(tmp_path / "a.npz")


def test_a_missing_file_a_folder_and_binary_rubbish_are_refused(tmp_path):
    rubbish = tmp_path / "points.txt"
    rubbish.write_bytes(bytes(range(256)))
    archive = tmp_path / "points.npz"
    archive.write_bytes(b"PK rubbish")
    lone = tmp_path / "lone.npz"
    with lone.open("wb") as stream:
        np.save(stream, np.ones((4, 2)))
    for path in (tmp_path / "no.txt", tmp_path, rubbish, archive, lone):
        with pytest.raises(InputError, match=str(path)):
            read_point_file(path)


@settings(deadline=None, max_examples=25)
@given(st.data(), st.sampled_from([".txt", ".npz"]), st.booleans(), st.booleans())
def test_formats_read_back_what_was_written(tmp_path_factory, data, suffix, mixed, closed):
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    sizes = [5, 3, 7] if mixed else [6, 6, 6]
    points = [rng.normal(size=(size, 2)) * 10.0 ** rng.integers(-8, 8) for size in sizes]
    kept = [data.draw(st.integers(3, size)) for size in sizes]
    solutions = [rng.permutation(size)[:k] for size, k in zip(sizes, kept, strict=True)]
    path = tmp_path_factory.mktemp("round") / f"points{suffix}"
    write_point_file(Instances(points, solutions), path, closed)
    read = read_point_file(path)
    assert list(path.parent.iterdir()) == [path]
    for before, after in zip(points, read.inputs, strict=True):
        assert (before == after).all()
    for before, after in zip(solutions, read.solutions, strict=True):
        assert before.tolist() == list(after)


def test_an_npz_keeps_its_lengths_and_its_types(tmp_path):
    points = np.random.default_rng(0).random((4, 5, 2), dtype=np.float32)
    tours = np.tile(np.arange(5, dtype=np.int16), (4, 1))
    np.savez(tmp_path / "a.npz", points=points, solutions=tours, lengths=np.arange(4.0))
    read = read_point_file(tmp_path / "a.npz", every_point=True)
    assert read.inputs.dtype == np.float32
    assert read.solutions.dtype == np.int16
    assert read.columns["length"].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"cities": np.zeros((2, 4, 2))}, "no array 'points'"),
        ({"points": np.zeros((2, 4, 3))}, "3 columns"),
        ({"points": np.zeros((2, 4, 2)), "solutions": np.zeros((1, 4), int)}, "a row for each"),
        ({"points": np.zeros((2, 4, 2)), "solutions": np.zeros((2, 4))}, "integers"),
        ({"points": np.zeros((1, 4, 2)), "solutions": np.array([[0, 1, 2, 4]])}, "position 5"),
        ({"points": np.zeros((1, 4, 2)), "solutions": np.full((1, 4), -1)}, "empty solution"),
        ({"points": np.zeros((1, 4, 2)), "sizes": np.array([5])}, "'sizes' must be between 1 and"),
        ({"points": np.zeros((1, 4, 2)), "sizes": np.array([-1])}, "'sizes' must be between 1 and"),
        ({"points": np.zeros((1, 4, 2)), "sizes": np.array([3.0])}, "1 integers.* not float64"),
        ({"points": np.zeros((2, 4, 2)), "sizes": np.array(3)}, "2 integers"),
        ({"points": np.zeros((1, 4, 2)), "lengths": np.array(["a"])}, "'lengths'"),
        ({"points": np.full((1, 4, 2), np.nan)}, "NaN"),
        ({"points": np.array([[object()]])}, "plain numbers"),
    ],
)
def test_a_bad_npz_is_told_with_its_file(tmp_path, arrays, message):
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=message) as caught:
        read_point_file(path)
    assert str(path) in str(caught.value)


def test_writing_another_suffix_or_below_a_file_is_refused(tmp_path):
    instances = Instances(np.zeros((1, 3, 2)))
    with pytest.raises(InputError, match=r"'\.csv'; accepted: \.txt, \.npz, \.pkl"):
        write_point_file(instances, tmp_path / "a.csv")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        write_point_file(instances, tmp_path / "file" / "a.txt")


def test_points_written_as_a_pickle_are_plain_lists(tmp_path):
    points = np.random.default_rng(0).random((2, 3, 2))
    write_point_file(Instances(points), tmp_path / "a.pkl")
    assert pickle.loads((tmp_path / "a.pkl").read_bytes()) == points.tolist()
    assert (read_point_file(tmp_path / "a.pkl").inputs == points).all()


@needs_data
@pytest.mark.parametrize(
    ("name", "count", "size", "tours"),
    [
        ("ptrnet/convex_hull_5_test_first1000.txt", 1000, 5, False),
        ("ptrnet/tsp_5_test_first1000.txt", 1000, 5, True),
        ("ptrnet/tsp_10_test_exact_first1000.txt", 1000, 10, True),
        ("tsp/tsp50_concorde_1280.txt", 1280, 50, True),
        ("tsp/tsp100_concorde_1000.txt", 1000, 100, True),
        ("tsp/test_TSP200_n128.txt", 128, 200, True),
        ("tsp/test_TSP500_n128.txt", 128, 500, True),
    ],
)
def test_published_files_are_read_whole(name, count, size, tours):
    read = read_point_file(SHARED / name, every_point=tours)
    assert len(read) == count
    assert (read.sizes() == size).all()
    assert read.inputs[0].ravel()[:2].tolist() == pytest.approx(
        [float(word) for word in (SHARED / name).read_text()[:200].split()[:2]]
    )


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "i1", "u2", "i8"])
def test_lone_arrays_of_every_number_type_are_points(tmp_path, dtype):
    points = np.random.default_rng(0).integers(0, 99, (3, 5, 2)).astype(dtype)
    np.save(tmp_path / "several.npy", points)
    np.save(tmp_path / "one.npy", np.asfortranarray(points[1]))
    assert np.asarray(read_point_file(tmp_path / "several.npy").inputs).tolist() == points.tolist()
    assert np.asarray(read_point_file(tmp_path / "one.npy").inputs).tolist() == [points[1].tolist()]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((4, 2), complex), "complex128"),
        (np.zeros((4, 2), bool), "holds bool values"),
        (np.zeros((4, 3)), "has 3 columns; points need 2"),
        (np.zeros((0, 2)), "has 0 points"),
        (np.array(3.0), "does not hold lists of points"),
        (np.full((4, 2), np.inf), "NaN or infinite"),
        (np.array([["a", "b"]]), "coordinates must be real numbers"),
    ],
)
def test_a_lone_array_of_no_points_is_refused(tmp_path, array, message):
    path = tmp_path / "a.npy"
    np.save(path, array)
    with pytest.raises(InputError, match=message) as raised:
        read_point_file(path)
    assert str(path) in str(raised.value)
