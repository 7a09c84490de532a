"""What a picture of digits is called: how many there are of each kind, from zeros to nines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SINGULAR = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
PLURAL = tuple(f"{word}es" if word == "six" else f"{word}s" for word in SINGULAR)
COMMA = ","

WORDS = (*SINGULAR, *PLURAL, COMMA)
"""All tokens of a caption; the words for one to nine count, too."""

MOST = 9
"""Most digits of a picture: there are no words for larger counts."""


def caption_of(labels: np.ndarray | Sequence[int]) -> str:
    """`one two, three sevens` for the digits 7, 2, 7, 7 in any order."""
    counts = np.bincount(np.asarray(labels, int), minlength=10)
    return f"{COMMA} ".join(
        f"{SINGULAR[count]} {SINGULAR[kind] if count == 1 else PLURAL[kind]}"
        for kind, count in enumerate(counts)
        if count
    )


def spaced(caption: str) -> str:
    """The caption with its commas as words of their own."""
    return caption.replace(COMMA, f" {COMMA} ")


def closed_up(tokens: str) -> str:
    """The caption of its tokens with blanks between them."""
    return tokens.replace(f" {COMMA}", COMMA)
