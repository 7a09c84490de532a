"""Whole numbers in digits and in English words: `40 732`, `forty thousand seven hundred and ...`"""

from __future__ import annotations

from string import ascii_lowercase, digits

import numpy as np

from ptrnet_suite.errors import InputError

SYMBOLS = (*digits, *ascii_lowercase, " ", "-")
LARGEST = 12
"""Most digits of a number."""

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ("", "thousand", "million", "billion")
_VALUES = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS) if word
}


def sample_numbers(size: int, count: int, rng: np.random.Generator) -> list[str]:
    """`count` numbers of `size` digits, about half of them in words; raises InputError."""
    if size > LARGEST:
        raise InputError(f"numbers have 1 to {LARGEST} digits, not {size}")
    low, high = 10 ** (size - 1) if size > 1 else 0, 10**size
    values, spoken = rng.integers(low, high, size=count), rng.random(count) < 0.5
    return [
        in_words(value) if said else in_digits(value)
        for value, said in zip(values.tolist(), spoken.tolist(), strict=True)
    ]


def translated(text: str) -> str:
    """Digits to words, words to digits; raises InputError for a text that is neither."""
    text = text.lower().strip()
    if text.replace(" ", "").isdecimal():
        value = int(text.replace(" ", ""))
        if value < 10**LARGEST:
            return in_words(value)
    else:
        value = _value(text)
        if in_words(value) == text:
            return in_digits(value)
    raise InputError(f"{text!r} is no number of up to {LARGEST} digits, as '40 732' or in words")


def in_digits(value: int) -> str:
    """Digits in groups of three: `40 732`."""
    return f"{value:,}".replace(",", " ")


def in_words(value: int) -> str:
    """British English words: `forty thousand seven hundred and thirty-two`."""
    if value == 0:
        return _ONES[0]
    groups = []
    for thousands in reversed(range(len(_SCALES))):
        group = value // 1000**thousands % 1000
        if group:
            linked = thousands == 0 and group < 100 and value >= 1000
            groups.append(f"{'and ' * linked}{_hundreds(group)} {_SCALES[thousands]}".strip())
    return " ".join(groups)


def _hundreds(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    parts = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest:
        tens, ones = divmod(rest, 10)
        below = _ONES[rest] if rest < 20 else f"{_TENS[tens]}-{_ONES[ones]}".removesuffix("-zero")
        parts.append(below)
    return " and ".join(parts)


def _value(text: str) -> int:
    """What the words add up to; whoever asks must see whether they are said that way."""
    total = group = 0
    for word in text.replace("-", " ").split():
        if word == "hundred":
            group *= 100
        elif word in _SCALES:
            total, group = total + group * 1000 ** _SCALES.index(word), 0
        else:
            group += _VALUES.get(word, 0)
    return total + group
