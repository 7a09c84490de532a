"""Archives of arrays: what is read, and that no file takes more than it says."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from ptrnet_suite.data.npz import check_sizes, read_npy, read_npz
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.memory import VARIABLE

TYPES = st.one_of(
    arrays_of.boolean_dtypes(),
    arrays_of.integer_dtypes(endianness="?"),
    arrays_of.floating_dtypes(endianness="?"),
    arrays_of.unicode_string_dtypes(endianness="?"),
)


@settings(deadline=None)
@given(st.data(), st.sampled_from([np.savez, np.savez_compressed]), st.booleans())
def test_every_array_of_numbers_or_texts_comes_back(tmp_path_factory, data, save, by_column):
    shape = arrays_of.array_shapes(min_dims=0, min_side=0, max_side=3)
    array = data.draw(arrays_of.arrays(TYPES, shape))
    array = np.asfortranarray(array) if by_column else array
    folder = tmp_path_factory.mktemp("arrays")
    save(folder / "a.npz", it=array, more=np.arange(3))
    np.save(folder / "a.npy", array)
    for back in (read_npz(folder / "a.npz")["it"], read_npy(folder / "a.npy")):
        assert back.dtype == array.dtype
        np.testing.assert_array_equal(back, array)
    assert read_npz(folder / "a.npz")["more"].tolist() == [0, 1, 2]


def npy(kind: str, shape: tuple, body: bytes = b"", header: str | None = None) -> bytes:
    """An array as `.npy` writes it, with any header."""
    text = header or f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape!r}}}"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text.encode() + body


BROKEN = {
    "a type without width": (npy("|V0", (10**9,)), "holds '|V0'; accepted are numbers and texts"),
    "texts without width": (npy("<U0", (10**9,)), "holds '<U0'"),
    "objects": (npy("|O", (1,), b"12345678"), "holds 'object'"),
    "records": (npy([("x", "<f8")], (1,), bytes(8)), "holds"),
    "arrays in an array": (npy("(2,)<f8", (1,), bytes(16)), "holds"),
    "times": (npy("<M8[s]", (1,), bytes(8)), "holds 'datetime64"),
    "more than memory": (npy("<f8", (10**9, 10**9)), r"claims the shape \(1000000000, 1000000000"),
    "rows of nothing": (npy("<f8", (10**12, 0, 2)), "claims the shape"),
    "less than nothing": (npy("<f8", (-1,)), r"claims the shape \(-1,\)"),
    "more than it has": (npy("<f8", (3,), bytes(16)), "24 bytes, and holds 16 bytes"),
    "less than it has": (npy("<f8", (1,), bytes(16)), "8 bytes, and holds 16 bytes"),
    "no array": (b"some words", "is no array that numpy wrote"),
    "an unknown version": (npy("<f8", ()).replace(b"\x01\0", b"\x09\0", 1), "is no array"),
    "nothing": (b"", "is no array that numpy wrote"),
    "deep brackets": (npy("", (), header="(" * 9000), "has a broken header"),
    "deep lists": (npy("", (), header="{'descr': " + "[" * 900 + "]" * 900 + "}"), "has a broken"),
    "half a text": (npy("", (), header="{'descr': '''"), "has a broken header"),
    "another literal": (npy("", (), header="[1, 2]"), "has a broken header"),
    "a long header": (npy("", (), header=" " * 20_000), "has a header of 20000 bytes"),
    "no character": (npy("<U1", (1,), b"\xff\xff\xff\xff"), "holds a character that no text has"),
    "half a character": (npy("<U1", (1,), b"\0\xd8\0\0"), "holds a character that no text has"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_member_that_is_no_plain_array_is_refused(tmp_path, name):
    content, message = BROKEN[name]
    path = tmp_path / "points.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("points.npy", content)
    with pytest.raises(
        InputError, match=f"points.npz is not an .npz of plain .* 'points' .*{message}"
    ):
        read_npz(path)
    (tmp_path / "points.npy").write_bytes(content)
    with pytest.raises(InputError, match=f"points.npy is not an .npy of plain numbers .*{message}"):
        read_npy(tmp_path / "points.npy")


def test_a_member_that_is_a_file_of_another_kind_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("notes.txt", "read me")
    with pytest.raises(InputError, match=r"its member 'notes\.txt' is no array"):
        read_npz(tmp_path / "a.npz")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_methods_that_numpy_never_writes_are_refused(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", method) as archive:
        archive.writestr("a.npy", npy("<f8", (1,), bytes(8)))
    with pytest.raises(InputError, match="accepted are members that are stored or deflated"):
        read_npz(tmp_path / "a.npz")


def changed(folder: Path, at: int, value: int) -> Path:
    """An archive with another byte in its directory's first entry."""
    np.savez(folder / "whole.npz", a=np.arange(9))
    content = bytearray((folder / "whole.npz").read_bytes())
    content[content.rindex(b"PK\x01\x02") + at] = value
    (folder / "changed.npz").write_bytes(content)
    return folder / "changed.npz"


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (6, 200, "zip file version"),
        (8, 1, "encrypted"),
        (10, 97, "accepted are members that are stored or deflated"),
        (16, 99, "Bad CRC|CRC"),
        (24, 0, "CRC"),
        (44, 99, ""),
    ],
    ids=["version", "password", "method", "checksum", "size", "offset"],
)
def test_an_archive_with_a_changed_directory_is_refused(tmp_path, at, value, message):
    with pytest.raises(
        InputError, match=f"changed.npz is not an .npz of plain numbers: .*{message}"
    ):
        read_npz(changed(tmp_path, at, value))


def test_what_unpacks_to_much_more_than_the_file_is_refused_by_its_directory(tmp_path):
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("points.npy", "w") as member,
    ):
        for _ in range(300):
            member.write(bytes(2**20))
    with pytest.raises(InputError, match=r"its members unpack to 315 MB, more than 268 MB"):
        read_npz(path)


def test_an_archive_beyond_the_available_memory_is_refused(tmp_path, monkeypatch):
    np.savez(tmp_path / "a.npz", a=np.arange(1000))
    monkeypatch.setenv(VARIABLE, "10e3")
    with pytest.raises(InputError, match=r"reading .*a\.npz needs about 8.13 kB of memory"):
        read_npz(tmp_path / "a.npz")


def test_sizes_are_integers_within_the_width():
    check_sizes(np.array([1, 3]), 2, 3, Path("a.npz"))
    for sizes in ([0, 3], [1, 4]):
        with pytest.raises(InputError, match="between 1 and 3"):
            check_sizes(np.array(sizes), 2, 3, Path("a.npz"))
    with pytest.raises(InputError, match="must be 3 integers"):
        check_sizes(np.array([1, 2]), 3, 3, Path("a.npz"))
