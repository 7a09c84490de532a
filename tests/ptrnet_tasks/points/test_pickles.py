"""Pickles of numbers, and of more."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pytest
from ptrnet_tasks.points.files import read_point_file
from ptrnet_tasks.points.pickles import load_numbers

from ptrnet_suite.errors import InputError


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


def test_a_pickle_that_declares_a_huge_array_is_refused_before_memory_is_taken(tmp_path):
    good = pickle.dumps(np.zeros((3, 4, 2)), protocol=2)
    path = tmp_path / "huge.pkl"
    path.write_bytes(good.replace(b"K\x03K\x04K\x02", b"J\xff\xff\xff\x7fK\x04K\x02"))
    with pytest.raises(InputError, match=r"huge\.pkl"):
        read_point_file(path)
