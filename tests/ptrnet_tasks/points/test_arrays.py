"""Lone arrays of points."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.points.files import read_point_file

from ptrnet_suite.errors import InputError


def saved(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "i1", "u2", "i8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_points_of_every_number_type_are_read(tmp_path: Path, dtype: str, order: str):
    points = np.array(np.random.default_rng(0).integers(0, 99, (3, 5, 2)), dtype, order=order)
    for given in (points, points[1]):
        (tmp_path / "a.npy").write_bytes(saved(given))
        read = read_point_file(tmp_path / "a.npy")
        assert np.asarray(read.inputs).tolist() == points[-len(read.inputs) :].tolist() or (
            np.asarray(read.inputs).tolist() == [points[1].tolist()]
        )


HEADER = saved(np.zeros((4, 2)))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (HEADER[:-1], "says that it holds float64 .4, 2."),
        (HEADER + b"0", "says that it holds float64 .4, 2."),
        (HEADER[:40], "not an .npy of plain numbers"),
        (HEADER.replace(b"(4, 2)", b"(-4,2)"), "says that it holds"),
        (HEADER.replace(b"(4, 2), }  ", b"(4**9, 2), }"), "not an .npy of plain numbers"),
        (HEADER.replace(b"(4, 2), }         ", b"(4000000000, 2), }"), "says that it holds"),
        (HEADER.replace(b"'<f8'", b"'|O8'"), "object values; accepted are real numbers"),
        (HEADER.replace(b"\x01\x00", b"\x09\x00", 1), "not an .npy of plain numbers"),
        (saved(np.zeros((4, 2), complex)), "complex128 values"),
        (saved(np.zeros((4, 3))), "has 3 columns; points need 2"),
        (saved(np.zeros((0, 2))), "has 0 points"),
        (saved(np.array(3.0)), "does not hold lists of points"),
        (saved(np.full((4, 2), np.inf)), "NaN or infinite"),
    ],
)
def test_a_broken_array_is_refused_before_memory_is_taken(
    tmp_path: Path, data: bytes, message: str
):
    path = tmp_path / "a.npy"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as raised:
        read_point_file(path)
    assert str(path) in str(raised.value)
