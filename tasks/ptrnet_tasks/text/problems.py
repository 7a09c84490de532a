"""The kinds of text problem, and what each brings when an option is left out."""

from __future__ import annotations

from collections.abc import Collection
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple, final

from ptrnet_suite.errors import InputError
from ptrnet_tasks.text.sources import dates, number_words
from ptrnet_tasks.text.sources.lexicon import PHONES
from ptrnet_tasks.text.sources.pairs import Layout
from ptrnet_tasks.text.vocabulary import Case, Level

LETTERS = (*ascii_uppercase, "'")
"""What a word of the CMU dictionary may hold here."""


@final
class TextProblem(NamedTuple):
    """Defaults of one kind of problem.

    closed: whether a token outside of the vocabularies is an error in the data.
    ratio: most target tokens for each source token, or None where nothing bounds it.
    metrics: names in `metrics.MEASURES`; the first decides which checkpoint is best.
    layout: what its files may hold beside pairs of texts.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    source_level: Level
    target_level: Level
    case: Case
    closed: bool
    ratio: float | None
    metrics: tuple[str, ...] | None = None
    layout: Layout = "pairs"


_LETTERS = tuple(ascii_lowercase)
_STRINGS = ("exact", "token_accuracy", "cer")

PROBLEMS = {
    "reverse": TextProblem(
        _LETTERS, _LETTERS, "characters", "characters", "keep", True, 2.0, _STRINGS,
    ),
    "copy": TextProblem(
        _LETTERS, _LETTERS, "characters", "characters", "keep", True, 2.0, _STRINGS,
    ),
    "letters": TextProblem(
        _LETTERS, _LETTERS, "characters", "characters", "keep", True, 2.0, _STRINGS,
    ),
    "dates": TextProblem(
        dates.SOURCE, dates.TARGET, "characters", "characters", "lower", True, 2.0, _STRINGS,
    ),
    "numbers": TextProblem(
        number_words.SYMBOLS, number_words.SYMBOLS, "characters", "characters", "lower", True,
        10.0, _STRINGS,
    ),
    "g2p": TextProblem(
        LETTERS, PHONES, "characters", "words", "upper", True, 2.0,
        ("per", "word_wer", "exact", "token_accuracy"), "lexicon",
    ),
    "translation": TextProblem(
        (), (), "subwords", "subwords", "keep", False, None,
        ("bleu", "chrf", "exact", "token_accuracy"),
    ),
    "scan": TextProblem(
        (), (), "words", "words", "keep", False, None, ("exact", "token_accuracy"),
    ),
    "inflection": TextProblem(
        (), (), "tagged", "characters", "keep", False, None,
        ("exact", "cer", "token_accuracy"), "inflections",
    ),
    "files": TextProblem(
        (), (), "words", "words", "keep", False, None,
    ),
}  # fmt: skip
"""Problem name -> its defaults. `files` takes its metrics from the level of its target."""

FILE_METRICS: dict[Level, tuple[str, ...]] = {
    "words": ("wer", "bleu", "chrf", "exact", "token_accuracy", "cer"),
    "characters": ("cer", "exact", "token_accuracy"),
    "tagged": ("cer", "exact", "token_accuracy"),
    "subwords": ("bleu", "chrf", "wer", "exact", "token_accuracy"),
}


def check_choice(name: str, value: str, accepted: Collection[str]) -> None:
    """Raises InputError when the option `name` has another value than the accepted ones."""
    if value not in accepted:
        raise InputError(f"{name} {value!r} is not known; accepted are {', '.join(accepted)}")
