"""What a file is, is told by its content."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.points.content import kind_of, read_content
from ptrnet_tasks.points.files import read_point_file

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.registry import load_task

POINTS = np.array([[0.5, 1.25], [3.0, -4.0], [2.0, 29.0], [7.0, 8.0]])
LINES = " ".join(map(str, POINTS.ravel().tolist())) + " output 1 2 3 4 1\n"
TABLE = "\n".join(f"{x},{y}" for x, y in POINTS.tolist())


def array(points: np.ndarray, archive: bool = False) -> bytes:
    stream = io.BytesIO()
    if archive:
        np.savez(stream, points=points)
    else:
        np.save(stream, points)
    return stream.getvalue()


FILES = {
    "npz": array(POINTS[None], archive=True),
    "npy": array(POINTS),
    "pickle": pickle.dumps([POINTS.tolist()], protocol=2),
    "json": str(POINTS.tolist()).encode(),
    "table": TABLE.encode(),
    "lines": LINES.encode(),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("name", ["points", "points.dat", "points.DATA", "my.points"])
def test_content_decides_where_the_suffix_says_nothing(tmp_path: Path, kind: str, name: str):
    path = tmp_path / name
    path.write_bytes(FILES[kind])
    assert kind_of(read_content(path)) == kind
    for task in ("tsp", "convex_hull"):
        if kind == "lines" and task == "convex_hull":
            continue
        read = load_task(task).formats.read(path)
        np.testing.assert_array_equal(np.asarray(read.inputs[0]), POINTS)


@pytest.mark.parametrize("kind", sorted(set(FILES) - {"npz"}))
@pytest.mark.parametrize("suffix", [".gz", ".GZ", ""])
def test_a_packed_file_is_read_as_what_it_holds(tmp_path: Path, kind: str, suffix: str):
    path = tmp_path / f"points{suffix}"
    path.write_bytes(gzip.compress(FILES[kind]))
    np.testing.assert_array_equal(np.asarray(read_point_file(path).inputs[0]), POINTS)


@pytest.mark.parametrize("kind", ["table", "lines", "json"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_text_with_a_mark_is_read_in_its_encoding(tmp_path: Path, kind: str, encoding: str):
    path = tmp_path / "points.txt"
    path.write_bytes(FILES[kind].decode().encode(encoding))
    np.testing.assert_array_equal(np.asarray(read_point_file(path).inputs[0]), POINTS)


def documents() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(64)),
        ("points.xlsx", documents()),
        ("words.txt", b"once upon a time\nthere was\n"),
        ("points.shp", b"\x00\x00\x27\x0a" + bytes(100)),
    ],
)
@pytest.mark.parametrize("task", ["tsp", "convex_hull"])
def test_other_files_are_refused_with_what_is_read(
    tmp_path: Path, name: str, data: bytes, task: str
):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"format not read; accepted are .*GeoJSON") as raised:
        load_task(task).formats.read(path)
    assert str(path) in str(raised.value)


def test_what_unpacks_without_end_is_refused(tmp_path: Path):
    bomb = tmp_path / "points.csv.gz"
    with gzip.open(bomb, "wb") as stream:
        for _ in range(260):
            stream.write(bytes(2**20))
    assert bomb.stat().st_size < 2**20
    with pytest.raises(InputError, match="unpacks to more than 268 MB"):
        read_point_file(bomb)
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(TABLE.encode())[:-4])
    with pytest.raises(InputError, match="not whole gzip data"):
        read_point_file(tmp_path / "cut.csv.gz")
    (tmp_path / "twice.npz").write_bytes(gzip.compress(FILES["npz"]))
    with pytest.raises(InputError, match="packed again by gzip"):
        read_point_file(tmp_path / "twice.npz")


@pytest.mark.parametrize("kind", ["table", "json"])
def test_a_text_that_memory_cannot_hold_is_refused(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "points"
    path.write_bytes(FILES[kind])
    monkeypatch.setenv("PTRNET_MEMORY", "200")
    with pytest.raises(InputError, match=r"reading .*points needs about .* of memory"):
        read_point_file(path)
