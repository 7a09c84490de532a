"""Strings of random letters, to be copied or read backwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

TRUE_ANSWER: dict[str, Callable[[list[str]], list[str]]] = {
    "reverse": lambda tokens: tokens[::-1],
    "copy": lambda tokens: tokens,
}
"""Problem -> its function."""


def sample_tokens(alphabet: Sequence[str], size: int, count: int, seed: int) -> list[list[str]]:
    """`count` rows of `size` tokens, each drawn alike from `alphabet`, repeats allowed."""
    drawn = np.random.default_rng(seed).integers(len(alphabet), size=(count, size))
    rows: list[list[str]] = np.array(alphabet)[drawn].tolist()
    return rows
