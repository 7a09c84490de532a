"""Lines of points in the official form."""

from __future__ import annotations

from pathlib import Path

import pytest
from ptrnet_tasks.points.files import read_point_file

from ptrnet_suite.errors import InputError

SQUARE = "0 0 1 0 1 1 0 1 output 1 2 3 4 1\n"


def write(folder: Path, text: str, name: str = "points.txt") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_closed_and_open_lines_give_the_same_sequence_counted_from_zero(tmp_path):
    closed = read_point_file(write(tmp_path, SQUARE))
    opened = read_point_file(write(tmp_path, SQUARE.replace(" 4 1\n", " 4\n")))
    assert closed.inputs.tolist() == [[[0, 0], [1, 0], [1, 1], [0, 1]]]
    assert closed.solutions.tolist() == opened.solutions.tolist() == [[0, 1, 2, 3]]


def test_lines_of_different_sizes_become_lists(tmp_path):
    read = read_point_file(write(tmp_path, SQUARE + "\n0 0 1 0 1 1 output 1 2 3 1\n"))
    assert [len(points) for points in read.inputs] == [4, 3]
    assert [list(solution) for solution in read.solutions] == [[0, 1, 2, 3], [0, 1, 2]]


def test_plain_points_one_a_line_are_one_instance(tmp_path):
    read = read_point_file(write(tmp_path, "0 0\n1 0\n0.5 1\n"))
    assert read.inputs.tolist() == [[[0, 0], [1, 0], [0.5, 1]]]
    assert read.solutions is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        (SQUARE + "0 0 1 0 1\n", "line 2 has 5 coordinates; points need pairs"),
        ("0 0 0\n1 0 0\n1 1 0\n", "line 1 has 3 coordinates"),
        (SQUARE + "0 0 1 0 1 1\n", "line 2 has no 'output' while others do"),
        (SQUARE + "0 0 1 0 1 1 0 1 output 1 2\n", "line 2 .*truncated"),
        (SQUARE + "0 0 1 0 1 1 0 1 output\n", "line 2 has nothing after 'output'"),
        (SQUARE + "0 0 1 0 1 1 0 1 outp", "line 2 is not"),
        (SQUARE.replace("3", "5"), "line 1 has the position 5; accepted: 1 to 4"),
        (SQUARE.replace("3", "0"), "line 1 has the position 0"),
        (SQUARE.replace("3", "2"), "line 1 visits the position 2 twice"),
        (SQUARE.replace("3 ", ""), "line 1 visits 3 of 4 points"),
        (SQUARE.replace("3", "2.5"), "line 1 is not"),
        ("\n" + SQUARE + SQUARE.replace("0 0", "0 nan"), "line 3 has a coordinate that is NaN"),
        (SQUARE.replace("0 0", "inf 0"), "line 1 has a coordinate that is NaN or infinite"),
    ],
)
def test_bad_text_is_told_with_its_file_and_line(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=message) as caught:
        read_point_file(path, every_point=True)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_hull_may_leave_out_points_but_a_tour_may_not(tmp_path):
    path = write(tmp_path, SQUARE.replace("3 ", ""))
    assert read_point_file(path).solutions.tolist() == [[0, 1, 3]]
