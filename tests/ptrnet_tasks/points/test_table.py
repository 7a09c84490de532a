"""A table of one's own points, read by the tasks of the plane."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.registry import load_task

POINTS = [[0.5, 1.2], [3.1, -0.4], [2.2, 29.0]]


@pytest.mark.parametrize("task", ["tsp", "convex_hull"])
@pytest.mark.parametrize(
    "text",
    [
        "0.5,1.2\n3.1,-0.4\n2.2,29\n",
        "x;y\n0.5; 1.2\n3.1; -0.4\n\n2.2; 29",
        "\ufefflongitude\tlatitude\r\n0.5\t1.2\r\n3.1\t-0.4\r\n2.2\t2.9e1\r\n",
        " 0.5   1.2\n3.1 -0.4\n2.2 29\n",
    ],
)
def test_a_table_of_points_is_one_instance(task: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_text(text, encoding="utf-8")
    read = load_task(task).formats.read(path)
    assert len(read) == 1
    assert read.solutions is None
    np.testing.assert_array_equal(np.asarray(read.inputs[0]), POINTS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1,2\n3\n", "line 2 is '3'; two numbers"),
        ("1,2\n3,4,5\n", "line 2 is '3,4,5'"),
        ("1,2\nfour,5\n", "line 2 is 'four,5'"),
        ("x,y\n", "holds no points"),
        ("4o.5,1\n1,2\n3,4\n", "line 1 is '4o.5,1'"),
        ("1,0.5,2\n", "line 1 is '1,0.5,2'"),
        ("x,y\n1,nan\n", "line 2 is '1,nan'"),
    ],
)
def test_a_line_without_two_numbers_is_named(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"shops\.csv") as raised:
        load_task("tsp").formats.read(path)
    assert told in str(raised.value)


def test_a_table_in_another_encoding_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_bytes("länge,breite\n1,2\n3,4\n5,6\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"shops\.csv is not a text file of points"):
        load_task("tsp").formats.read(path)
