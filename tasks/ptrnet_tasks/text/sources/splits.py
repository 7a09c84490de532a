"""Parts of a data set, told by a hash of the source, so that no source is in two of them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha1

PARTS = 20
_HELD_OUT = {0: "test", 1: "valid"}


def part_of(source: str) -> str:
    """`test` and `valid` for one source in 20 each, else `train`; the same everywhere for ever."""
    return _HELD_OUT.get(_digest(source) % PARTS, "train")


def mixed(sources: Sequence[str]) -> list[int]:
    """Places of the sources by their hash, so that the first few are a fair sample."""
    return sorted(range(len(sources)), key=lambda index: _digest(sources[index]))


def _digest(source: str) -> int:
    return int(sha1(source.encode()).hexdigest(), 16)
