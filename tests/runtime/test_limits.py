"""Which files are read, how far they unpack, and what is too much to hold."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime import limits
from ptrnet_suite.runtime.memory import VARIABLE


def test_a_regular_file_is_read_whole_up_to_the_limit(tmp_path):
    path = tmp_path / "five"
    path.write_bytes(b"12345")
    assert limits.check_file(path) == 5
    assert limits.read_bytes(path) == limits.read_bytes(path, 5) == b"12345"
    with pytest.raises(InputError, match=r"five is larger than 4 bytes, the most"):
        limits.read_bytes(path, 4)


def test_folders_pipes_and_devices_are_refused_before_they_are_opened(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "points.csv"
    link.symlink_to("/dev/zero")
    for path, kind in ((tmp_path, "a folder"), (pipe, "a pipe"), (link, "a device")):
        with pytest.raises(InputError, match=f"is not a file but {kind}; accepted is a regular"):
            limits.read_bytes(path)


@pytest.mark.parametrize("name", ["missing", "x" * 300, "a\0b"])
def test_a_name_that_leads_to_no_file_is_refused(tmp_path, name):
    with pytest.raises(InputError, match=r"cannot be read: .+; accepted is a regular file"):
        limits.read_bytes(tmp_path / name)


def test_a_file_that_hides_its_size_is_held_to_the_limit():
    path = Path("/proc/cpuinfo")
    if not path.is_file():
        pytest.skip("no files that hide their size here")
    with pytest.raises(InputError, match="larger than 10 bytes"):
        limits.read_bytes(path, 10)


def test_text_is_read_without_its_mark_and_other_bytes_are_refused(tmp_path):
    path = tmp_path / "words"
    path.write_bytes("ä".encode("utf-8-sig"))
    assert limits.read_text(path, "words") == "ä"
    path.write_bytes("ä".encode("latin-1"))
    with pytest.raises(InputError, match=r"words is not a text file of words: .*0xe4"):
        limits.read_text(path, "words")


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=4))
def test_parts_that_were_packed_one_after_the_other_are_unpacked(parts):
    packed = b"".join(map(gzip.compress, parts))
    assert limits.unpack_gzip(packed, "it") == b"".join(parts)


def test_what_unpacks_to_more_than_the_limit_is_refused():
    packed = gzip.compress(bytes(10**6))
    assert limits.unpack_gzip(packed, "it", 10**6) == bytes(10**6)
    with pytest.raises(InputError, match="it unpacks to more than 1 MB"):
        limits.unpack_gzip(packed, "it", 10**6 - 1)


def test_a_small_file_may_unpack_to_a_bounded_size_alone():
    assert limits.largest_unpacked(100) == limits.UNPACKED
    assert limits.largest_unpacked(2**24) == limits.RATIO * 2**24
    assert limits.largest_unpacked(2**40) == limits.LARGEST_FILE


@pytest.mark.parametrize("cut", [0, 3, 15, -1])
def test_gzip_data_that_is_cut_or_changed_is_refused(cut):
    packed = gzip.compress(b"some points" * 20)
    with pytest.raises(InputError, match="it is not whole gzip data"):
        limits.unpack_gzip((packed[:cut] or b"12") if cut else b"12", "it")
    changed = bytearray(packed)
    changed[-6] ^= 1
    with pytest.raises(InputError, match="it is not whole gzip data"):
        limits.unpack_gzip(bytes(changed), "it")


def test_numbers_are_counted_against_what_there_is(monkeypatch):
    limits.check_count(100, "a matrix", held=100)
    with pytest.raises(InputError, match=r"a matrix needs 900,000,000 numbers; there are 3$"):
        limits.check_count(900_000_000, "a matrix", held=3)
    monkeypatch.setenv(VARIABLE, "1e6")
    limits.check_count(62_500, "a matrix")
    with pytest.raises(InputError, match=r"a matrix needs about 501 kB .* 1 MB are available"):
        limits.check_count(62_600, "a matrix")


@given(st.integers(-(10**18) + 1, 10**18 - 1), st.sampled_from(["", "+", "00"]))
def test_a_whole_number_is_what_int_says(number, prefix):
    text = f"{prefix if number >= 0 else ''}{number}"
    if len(text.lstrip("+-")) <= 18:
        assert limits.whole_number(text) == int(text)


@pytest.mark.parametrize("text", ["²", "1_000", "٣", "", "1.0", " 1", "--1", "9" * 5000, "1e3"])
def test_what_is_no_plain_integer_is_refused_in_few_words(text):
    with pytest.raises(ValueError, match="is not an integer of at most 18 digits") as refused:
        limits.whole_number(text)
    assert len(str(refused.value)) < 100


@given(st.floats())
def test_a_real_number_is_what_float_says(number):
    assert repr(limits.real_number(repr(number))) == repr(number)


@pytest.mark.parametrize("text", ["²", "1_000", "٣", "", "1,5", "x" * 5000, "0x10"])
def test_what_is_no_plain_number_is_refused_in_few_words(text):
    with pytest.raises(ValueError, match="is not a number") as refused:
        limits.real_number(text)
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 bytes"),
        (999, "999 bytes"),
        (10**6 - 1, "1 MB"),
        (1500, "1.5 kB"),
        (4.3e9, "4.3 GB"),
        (2e15, "2000 TB"),
    ],
)
def test_sizes_are_said_in_words(size, words):
    assert limits.in_bytes(size) == words
