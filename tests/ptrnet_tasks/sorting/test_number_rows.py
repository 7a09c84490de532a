"""Numbers in text as people keep them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.sorting.number_rows import read_rows, read_whole_rows

from ptrnet_suite.errors import InputError
from tests.ptrnet_tasks.sorting.instances import TASK


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("7\n3\n5\n1\n9\n", [[7, 3, 5, 1, 9]]),
        ("7\r\n\r\n3\r\n", [[7, 3]]),
        ("7\n", [[7]]),
        ("7\n3,5\n", [[7], [3, 5]]),
        ("9;8;2;10\n", [[9, 8, 2, 10]]),
        ("1,5;2,25\n3;4,125\n", [[1.5, 2.25], [3, 4.125]]),
        ("1\t2,5\n", [[1, 2.5]]),
        ("3, 1, 2\n", [[3, 1, 2]]),
        ("3 1  2\n-1e3 +2 .5\n", [[3, 1, 2], [-1000, 2, 0.5]]),
        ('"1.5","2"\n', [[1.5, 2]]),
        ("value\n7\n3\n", [[7, 3]]),
        ("first;second\n1;2\n", [[1, 2]]),
        ("\ufeff1,2\n", [[1, 2]]),
    ],
)
def test_numbers_are_read_as_they_are_meant(tmp_path: Path, text: str, rows: list) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    assert [row.tolist() for row in read_rows(tmp_path / "a.csv")[0]] == rows
    read = TASK.formats.read(tmp_path / "a.csv")
    assert [item[:, 0].tolist() for item in read.inputs] == rows


@pytest.mark.parametrize("text", ["1,²", "1,1_0", "1,٣", "1,,2", "a,1", "1,b", "nan,1", "x\ny\n1"])
def test_what_is_no_number_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.csv, line [12] (is not numbers|has a value)"):
        read_rows(tmp_path / "a.csv")


def test_a_column_of_orders_sorts_a_column_of_numbers(tmp_path: Path) -> None:
    (tmp_path / "x_a.csv").write_text("5\n6\n4\n")
    (tmp_path / "y_a.csv").write_text("2\n0\n1\n")
    assert read_whole_rows(tmp_path / "y_a.csv")[0][0].tolist() == [2, 0, 1]
    assert TASK.formats.read(tmp_path / "x_a.csv").solutions.tolist() == [[2, 0, 1]]


NUMBERS = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5)


@settings(deadline=None)
@given(rows=st.lists(NUMBERS, min_size=1, max_size=4), mark=st.sampled_from([",", ";", "\t", " "]))
def test_every_number_comes_back_from_every_separator(tmp_path_factory, rows, mark) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.csv"
    path.write_text("\n".join(mark.join(map(repr, row)) for row in rows))
    one_each = len(rows) > 1 and all(len(row) == 1 for row in rows)
    expected = [[row[0] for row in rows]] if one_each else rows
    assert [row.tolist() for row in read_rows(path)[0]] == expected
