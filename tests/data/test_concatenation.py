"""Columns of several sources in one."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.data.concatenation import ConcatenatedColumn, concatenated, merged
from ptrnet_suite.data.instances import Instances


def test_columns_are_joined_without_being_read() -> None:
    joined = ConcatenatedColumn([range(3), [7, 8], range(0), "ab"])
    assert list(joined) == [0, 1, 2, 7, 8, "a", "b"]
    assert (len(joined), joined[4], joined[1:4]) == (7, 8, [1, 2, 7])
    with pytest.raises(IndexError):
        joined[7]
    assert concatenated([[1], [2, 3]]) == [1, 2, 3]
    assert concatenated([np.zeros((1, 2)), np.ones((2, 2))]).shape == (3, 2)
    assert isinstance(concatenated([[1], range(2)]), ConcatenatedColumn)


def test_data_sets_are_merged_with_what_all_of_them_know() -> None:
    first = Instances(np.zeros((2, 3, 1)), [[0], [1]], ["a", "b"], {"length": [1.0, 2.0]}, "x")
    second = Instances([np.ones((4, 1))], [[2]], ["c"], {"far": ["d"]}, "y", ("rounded",))
    whole = merged([first, second], "both")
    assert whole.sizes().tolist() == [3, 3, 4]
    assert (whole.names, whole.solutions) == (["a", "b", "c"], [[0], [1], [2]])
    assert whole.columns == {"length": [1.0, 2.0, None], "far": [None, None, "d"]}
    assert (whole.source, whole.notes) == ("both", ("rounded",))
    assert merged([first, Instances([np.ones((4, 1))])]).solutions is None
    assert merged([first]) is first
