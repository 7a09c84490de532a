"""What `ptrnet bench` runs on text."""

from __future__ import annotations

from functools import partial

import numpy as np

from ptrnet_suite.data import Instances
from ptrnet_suite.task import BenchCase
from tasks.text.g2p import cmudict_part

SEED = 1_080_000

WORDS = 2000
"""Words of the test part that are tried."""

SIZES: dict[str, tuple[str, tuple[int, ...]]] = {
    "reverse": ("letters", (5, 10, 20, 40)),
    "copy": ("letters", (5, 10, 20, 40)),
    "letters": ("letters", (5, 10, 20, 40)),
    "numbers": ("digits", (3, 6, 9, 12)),
    "dates": ("dates of the years 1900 to 2099", (0,)),
}
"""Problem -> what is counted and which sizes are tried; 0 where nothing is."""


def plan(problem: str) -> list[BenchCase]:
    """Held-out words for g2p, texts of every size for a rule, nothing for files."""
    if problem == "g2p":
        return [_words()]
    unit, sizes = SIZES.get(problem, ("", ()))
    return [
        BenchCase(
            name=f"{size} {unit}" if size else unit,
            table=problem,
            size=size or 1,
            count=500,
            seed=SEED + size,
            by_size="exact" if size else None,
        )
        for size in sizes
    ]


def _words() -> BenchCase:
    return BenchCase(
        name=f"{WORDS:,} words",
        table="graphemes to phonemes: words of the CMU dictionary that training did not see",
        size=8,
        count=WORDS,
        instances=partial(_test_words, WORDS),
        searches=("greedy", "beam:4"),
        references={"letter_majority": WORDS},
        examples="per",
    )


def _test_words(count: int) -> Instances:
    """The same words of the test part every time."""
    words = cmudict_part("test")
    order = np.random.default_rng(SEED).permutation(len(words))
    return words.subset(order[:count])
