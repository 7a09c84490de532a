"""The part that a source belongs to."""

from __future__ import annotations

from ptrnet_tasks.text.sources.splits import part_of
from ptrnet_tasks.text.task import Text

TASK = Text("g2p")


def test_the_part_of_a_word_never_changes() -> None:
    words = ["HELLO", "ÉTÉ", "TOUR", "CHUAN", "BEAM", "CHRYSTAL"]
    assert [part_of(word) for word in words] == [*["train"] * 2, *["valid"] * 2, *["test"] * 2]


def test_the_first_words_of_a_part_are_a_fair_sample() -> None:
    words = TASK.source("cmudict:valid").inputs[:1000]
    early = sum(word.strip("'") < "M" for word in words) / 1000
    assert 0.45 < early < 0.62
