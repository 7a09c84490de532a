"""Alignments of an answer with its reference."""

from __future__ import annotations

from hypothesis import given, settings
from ptrnet_tasks.text.alignment_plot import GAP, align

from tests.ptrnet_tasks.text.edits import TOKENS, fewest_edits


@settings(deadline=None)
@given(TOKENS, TOKENS)
def test_an_alignment_shows_both_texts_and_as_many_edits_as_needed(
    answer: list[str], reference: list[str]
) -> None:
    columns = align(answer, reference)
    assert [column.answer for column in columns if column.answer != GAP] == answer
    assert [column.reference for column in columns if column.reference != GAP] == reference
    for column in columns:
        assert (column.answer == column.reference) == (column.edit == "equal")
    edits = sum(column.edit != "equal" for column in columns)
    assert edits == fewest_edits(tuple(answer), tuple(reference))
