"""Problems whose texts are drawn at random and whose answers a rule knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, final

import numpy as np

from ptrnet_tasks.text.sources.dates import iso_date, sample_dates
from ptrnet_tasks.text.sources.number_words import sample_numbers, translated
from ptrnet_tasks.text.vocabulary import Vocabulary


@final
class Rule(NamedTuple):
    """How a problem's texts are drawn, and what each becomes.

    sample: vocabulary, size, count, generator -> texts. answer: text, both vocabularies -> text.
    """

    sample: Callable[[Vocabulary, int, int, np.random.Generator], list[str]]
    answer: Callable[[str, Vocabulary, Vocabulary], str]


def sample_tokens(source: Vocabulary, size: int, count: int, rng: np.random.Generator) -> list[str]:
    """`count` texts of `size` tokens, each drawn alike from the alphabet, repeats allowed."""
    drawn = rng.integers(len(source.alphabet), size=(count, size))
    return [source.join(row) for row in np.array(source.alphabet)[drawn].tolist()]


def _of_tokens(change: Callable[[list[str]], list[str]]) -> Rule:
    """A rule on random tokens, at whatever level the vocabularies have."""
    return Rule(
        sample_tokens,
        lambda text, source, target: target.join(change(source.tokenise(text))),
    )


RULES: dict[str, Rule] = {
    "reverse": _of_tokens(lambda tokens: tokens[::-1]),
    "copy": _of_tokens(list),
    "letters": _of_tokens(sorted),
    "dates": Rule(
        lambda source, size, count, rng: sample_dates(count, rng),
        lambda text, source, target: iso_date(text),
    ),
    "numbers": Rule(
        lambda source, size, count, rng: sample_numbers(size, count, rng),
        lambda text, source, target: translated(text),
    ),
}
"""Problem -> its rule. A date has no size: any is taken."""
