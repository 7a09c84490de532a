"""Figures are shown with the digits that say something."""

from __future__ import annotations

import pytest

from ptrnet_suite.reporting.document import cell_text


@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        (0.5, "rate", "50.00"),
        (-1e-9, "rate", "0.00"),
        (12345, "count", "12,345"),
        (0.0123456, "milliseconds", "12.3"),
        (2.5, "milliseconds", "2,500"),
        (5.687593, "number", "5.688"),
        (7542.0, "number", "7,542"),
        (float("nan"), "number", "–"),
        (None, "text", "–"),
    ],
)
def test_figures_are_shown_with_the_digits_that_say_something(
    cell: float | None, kind: str, words: str
) -> None:
    assert cell_text(cell, kind) == words  # type: ignore[arg-type]
