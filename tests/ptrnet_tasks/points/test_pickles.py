"""Pickles of numbers, and of more."""

from __future__ import annotations

import os
import pickle
import re
import struct

import numpy as np
import pytest
from ptrnet_tasks.points import pickles
from ptrnet_tasks.points.files import read_point_file
from ptrnet_tasks.points.pickles import load_numbers

from ptrnet_suite.errors import InputError

resource = pytest.importorskip("resource")


def test_pickled_lists_tuples_and_arrays_are_read_in_every_protocol(tmp_path):
    points = np.random.default_rng(0).random((3, 4, 2))
    forms = [
        points.tolist(),
        [[tuple(place) for place in instance] for instance in points.tolist()],
        list(points),
        points,
        points.astype(">f4"),
        np.asfortranarray(points),
        [[[np.float64(x), np.float64(y)] for x, y in instance] for instance in points],
    ]
    path = tmp_path / "points.pkl"
    for form in forms:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            path.write_bytes(pickle.dumps(form, protocol))
            assert np.allclose(read_point_file(path).inputs, points, atol=1e-6)


class Shell:
    def __reduce__(self):
        return os.system, ("touch broken-into",)


class Attribute:
    def __reduce__(self):
        return getattr, (np.ndarray, "tofile")


@pytest.mark.parametrize(
    "payload",
    [
        pickle.dumps([[[0.1, 0.2], Shell()]]),
        pickle.dumps(Attribute()),
        pickle.dumps(np.array([Shell()], object)),
        pickle.dumps(np.array(["text"])),
        pickle.dumps(np.zeros(2, [("x", float)])),
        pickle.dumps({1.5: complex(1, 2)}),
        pickle.dumps(np.memmap),
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"cnumpy\ndtype.type\n.",
        # Sets an attribute on what a name stands for, to change the next load.
        b"cnumpy._core.multiarray\n_reconstruct\n(NS'__call__'\nI1\nstb.",
        b"cnumpy\ndtype\n(S'__call__'\nI1\ndb.",
        b"\x80\x04",
        b"",
        b"rubbish",
    ],
)
def test_a_pickle_that_asks_for_more_than_numbers_is_refused_and_runs_nothing(
    tmp_path, monkeypatch, payload
):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "evil.pkl"
    path.write_bytes(payload)
    with pytest.raises(InputError, match=r"evil\.pkl"):
        read_point_file(path)
    assert list(tmp_path.iterdir()) == [path]
    points = np.random.default_rng(0).random((2, 3, 2))
    assert (np.asarray(load_numbers(pickle.dumps(points), "good")) == points).all()


def deep(levels: int) -> bytes:
    return b"\x80\x02" + b"]" * levels + b"a" * (levels - 1) + b"."


def doubled(times: int) -> bytes:
    """Two points in a list that stands twice in a list that stands twice in a list..."""
    inner = b"]q\0(K\1K\2e"
    for index in range(1, times):
        inner = b"]" + b"q" + bytes([index]) + b"(" + (inner + b"h" + bytes([index - 1])) + b"e"
    return b"\x80\x02" + inner + b"."


HUGE = struct.pack("<Q", 2**40)
HOSTILE = {
    "bytes of an integer": (
        b"cnumpy._core.numeric\n_frombuffer\n(J\xff\xff\xff\x7f"
        b"cnumpy\ndtype\n(S'f8'\ntRI4\nS'C'\ntR."
    ),
    "an array of declared bytes": b"\x80\x05\x96" + HUGE + b".",
    "declared bytes": b"\x80\x04\x8e" + HUGE + b".",
    "a declared text": b"\x80\x04\x8d" + HUGE + b".",
    "a declared frame": b"\x80\x04\x95" + HUGE + b"].",
    "an array without its numbers": b"cnumpy._core.multiarray\n_reconstruct\n(NI0\nS'b'\ntR.",
    "such an array in a list": b"(cnumpy._core.multiarray\n_reconstruct\n(NI0\nS'b'\ntRl.",
    "lists in lists in lists": deep(100_000),
    "a list in itself": b"\x80\x02]q\0h\0a.",
    "numbers that double": doubled(40),
    "an integer of 5,000 digits": b"(I" + b"9" * 5000 + b"\nl.",
    "an integer of 5,000 bytes": b"\x80\x02]\x8b"
    + struct.pack("<i", 5000)
    + b"\x7f" * 5000
    + b"a.",
    "a dictionary": pickle.dumps({1: 2}),
    "a set": pickle.dumps({1}),
    "an object": b"\x80\x02cnumpy\nndarray\n)\x81.",
    "an extension": b"\x80\x02\x82\x01.",
    "nothing on the stack": b"\x80\x02.",
    "rows of nothing": b"cnumpy._core.numeric\n_frombuffer\n(S''\ncnumpy\ndtype\n(S'f8'\ntR"
    b"(I1000000000000\nI0\ntS'C'\ntR.",
}


def peak() -> int:
    """The most memory that this process ever had, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("name", HOSTILE)
def test_a_pickle_made_to_take_memory_or_time_is_refused(name):
    before = peak()
    with pytest.raises(InputError, match=r"^it is not a pickle of plain numbers") as refused:
        load_numbers(HOSTILE[name], "it")
    assert len(str(refused.value)) < 400
    # Gigabytes for any of them, where they are believed.
    assert peak() - before < 100_000


@pytest.mark.parametrize(
    "index", [b"r\xff\xff\xff\x7f", b"p99999999999\n", b"r\0\0\0\x7f"], ids=["most", "text", "high"]
)
def test_an_index_of_what_is_memorised_costs_nothing(index):
    before = peak()
    assert load_numbers(b"\x80\x02](K\1K\2e" + index + b".", "it") == [1, 2]
    assert peak() - before < 100_000


def test_lists_of_numbers_are_the_same_by_the_faster_way(monkeypatch):
    rng = np.random.default_rng(1)
    form = [[tuple(place) for place in rng.random((9, 2)).tolist()] for _ in range(300)]
    form += [[(1, 2), (300, -70000), (form[0][0])], form[0]]
    plain = [[list(place) for place in instance] for instance in form]
    for protocol in range(1, pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(form, protocol)
        assert load_numbers(data, "it") == plain
        assert pickles._LISTS_OF_NUMBERS.fullmatch(data)
    monkeypatch.setattr(pickles, "_LISTS_OF_NUMBERS", re.compile(b"never"))
    assert load_numbers(data, "it") == plain


def test_a_pickle_that_declares_a_huge_array_is_refused_before_memory_is_taken(tmp_path):
    good = pickle.dumps(np.zeros((3, 4, 2)), protocol=2)
    path = tmp_path / "huge.pkl"
    path.write_bytes(good.replace(b"K\x03K\x04K\x02", b"J\xff\xff\xff\x7fK\x04K\x02"))
    with pytest.raises(InputError, match=r"huge\.pkl"):
        read_point_file(path)
