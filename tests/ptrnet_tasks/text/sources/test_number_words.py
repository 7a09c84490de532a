"""Numbers in words and in digits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.text.sources.number_words import in_digits, in_words, sample_numbers, translated
from ptrnet_tasks.text.task import Text

from ptrnet_suite.errors import InputError

KNOWN = {
    0: "zero", 7: "seven", 13: "thirteen", 20: "twenty", 21: "twenty-one", 100: "one hundred",
    110: "one hundred and ten", 1000: "one thousand", 1006: "one thousand and six",
    1100: "one thousand one hundred", 40_732: "forty thousand seven hundred and thirty-two",
    1_000_000: "one million", 2_000_019: "two million and nineteen",
    5_000_300: "five million three hundred",
    999_999_999_999: "nine hundred and ninety-nine billion nine hundred and ninety-nine million "
    "nine hundred and ninety-nine thousand nine hundred and ninety-nine",
}  # fmt: skip


@pytest.mark.parametrize("value", KNOWN)
def test_numbers_are_said_as_in_britain(value: int) -> None:
    assert in_words(value) == KNOWN[value]
    assert translated(KNOWN[value]) == in_digits(value)


@given(st.integers(0, 10**12 - 1))
def test_a_number_comes_back_from_its_words_and_from_its_digits(value: int) -> None:
    assert translated(in_words(value)) == in_digits(value)
    assert translated(in_digits(value)) == translated(str(value)) == in_words(value)
    assert int(in_digits(value).replace(" ", "")) == value


def test_numbers_differ_in_words() -> None:
    assert len({in_words(value) for value in range(20_000)}) == 20_000


def test_numbers_have_their_digits_and_half_of_them_are_words() -> None:
    texts = sample_numbers(5, 2000, np.random.default_rng(0))
    digits = [text for text in texts if text[0].isdigit()]
    assert {len(text) for text in digits} == {6}
    assert 900 < len(digits) < 1100
    for text in texts[:200]:
        assert translated(translated(text)) == text


@pytest.mark.parametrize(
    "text", ["one one", "hundred", "twenty-zero", "and", "1" * 13, "-4", "1.5"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no number of up to 12 digits"):
        translated(text)


def test_more_digits_than_there_are_words_for_are_refused() -> None:
    with pytest.raises(InputError, match="numbers have 1 to 12 digits, not 13"):
        Text("numbers").generate(13, 1, 0)
