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


def plan(problem: str) -> list[BenchCase]:
    """Held-out words for g2p, strings of every length for a rule, nothing for files."""
    if problem == "g2p":
        return [_words()]
    if problem == "files":
        return []
    return [
        BenchCase(
            name=f"{size} letters",
            table=problem,
            size=size,
            count=500,
            seed=SEED + size,
            by_size="exact",
        )
        for size in (5, 10, 20, 40)
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
