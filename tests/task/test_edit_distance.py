"""Edit distances of whole batches against rapidfuzz, pair by pair."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.edit_distance import edit_rates

WORDS = st.lists(st.integers(1, 3), max_size=6)


def _padded(words: list[list[int]], time: int) -> torch.Tensor:
    return torch.tensor([word + [0] * (time - len(word)) for word in words])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=5))
def test_edit_rates_are_rapidfuzz_distances_per_known_choice(
    rows: list[tuple[list[int], list[int], list[int]]],
) -> None:
    known = [row[0] for row in rows]
    targets = _padded(known, 7)
    mask = torch.arange(7) <= torch.tensor([len(word) for word in known])[:, None]
    batch = Batch(targets, mask, targets, mask)
    made = torch.stack([_padded([row[1], row[2]], 8) for row in rows])
    expected = [
        [Levenshtein.distance(word, row[0]) / max(1, len(row[0])) for word in row[1:]]
        for row in rows
    ]
    torch.testing.assert_close(edit_rates(batch, made, ends=True), torch.tensor(expected))


def test_position_0_is_a_choice_like_others_where_answers_do_not_end() -> None:
    mask = torch.tensor([[True, True, True], [True, True, False]])
    batch = Batch(torch.zeros(2, 3, 1), mask, torch.tensor([[2, 0, 1], [1, 0, 0]]), mask)
    made = torch.tensor([[[2, 0, 1], [0, 2, 1]], [[1, 0, 0], [0, 1, 0]]])
    found = edit_rates(batch, made, ends=False)
    torch.testing.assert_close(found, torch.tensor([[0, 2 / 3], [0, 1.0]]))


def test_without_solutions_there_is_nothing_to_hold_answers_against() -> None:
    batch = Batch(torch.zeros(1, 3, 1), torch.ones(1, 3, dtype=torch.bool))
    with pytest.raises(InputError, match="the data has none"):
        edit_rates(batch, torch.zeros(1, 1, 3, dtype=torch.long), ends=False)


def test_known_answers_of_unknown_length_are_no_solutions() -> None:
    mask = torch.ones(1, 3, dtype=torch.bool)
    batch = Batch(torch.zeros(1, 3, 1), mask, torch.tensor([[2, 0, 1]]))
    with pytest.raises(InputError, match="the data has none"):
        edit_rates(batch, torch.zeros(1, 1, 3, dtype=torch.long), ends=False)
