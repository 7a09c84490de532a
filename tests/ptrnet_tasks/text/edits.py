"""Edit distances by their definition."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

TOKENS = st.lists(st.sampled_from("abc"), max_size=7)


def fewest_edits(ours: tuple[str, ...], known: tuple[str, ...]) -> int:
    """By the definition: every way to end an edit script is tried."""

    @cache
    def left(i: int, j: int) -> int:
        if i == len(ours) or j == len(known):
            return len(ours) - i + len(known) - j
        return min(
            left(i + 1, j) + 1, left(i, j + 1) + 1, left(i + 1, j + 1) + (ours[i] != known[j])
        )

    return left(0, 0)
