"""Numbers and names of columns."""

from __future__ import annotations

from time import process_time

import pytest
from ptrnet_tasks.points.columns import columns_by_name, number


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), ("1,5", 1.5), ("-.5", -0.5), ("3.", 3.0), ("1e3", 1000.0), ("+2", 2.0)],
)
def test_numbers_have_a_decimal_point_or_comma(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["²", "1_0", "", ".", "1.2.3", "1e", "x", "nan", "1e999", "--1"])
def test_what_is_no_finite_number_is_none(text: str) -> None:
    assert number(text) is None


def test_no_text_takes_long_to_be_refused() -> None:
    start = process_time()
    assert number("9" * 100_000 + "x") is None
    assert not columns_by_name(["(" * 100_000, "y"]).complete
    # With two parts that share digits the first alone takes ten minutes.
    assert process_time() - start < 2
