"""Columns of several sources in one."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.data.concatenation import ConcatenatedColumn, concatenated


def test_columns_are_joined_without_being_read() -> None:
    joined = ConcatenatedColumn([range(3), [7, 8], range(0), "ab"])
    assert list(joined) == [0, 1, 2, 7, 8, "a", "b"]
    assert (len(joined), joined[4], joined[1:4]) == (7, 8, [1, 2, 7])
    with pytest.raises(IndexError):
        joined[7]
    assert concatenated([[1], [2, 3]]) == [1, 2, 3]
    assert concatenated([np.zeros((1, 2)), np.ones((2, 2))]).shape == (3, 2)
    assert isinstance(concatenated([[1], range(2)]), ConcatenatedColumn)
