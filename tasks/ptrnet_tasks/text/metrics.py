"""Figures of merit for text: against the nearest reference of each instance, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, final

import numpy as np
from rapidfuzz.distance import Levenshtein

from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_tasks.text import corpus_metrics

Tokens = Sequence[str]


@final
class Comparison(NamedTuple):
    """Answers beside the nearest reference of each, as tokens; `edits (count,)` between them.

    known: all references of each. joiner: what stands between two tokens of a text. cased: whether
    case was kept.
    """

    answers: Sequence[Tokens]
    references: Sequence[Tokens]
    edits: np.ndarray
    known: Sequence[Sequence[Tokens]]
    joiner: str
    cased: bool


def nearest(answer: Tokens, references: Sequence[Tokens]) -> tuple[int, Tokens]:
    """Fewest edits from a reference to the answer, and that reference (the first of equals).

    As in Yao & Zweig 2015: of several pronunciations the one with the smallest edit distance
    counts.
    """
    distances = [Levenshtein.distance(reference, answer) for reference in references]
    best = int(np.argmin(distances))
    return distances[best], references[best]


def compare(
    answers: Sequence[Tokens],
    references: Sequence[Sequence[Tokens]],
    joiner: str = " ",
    cased: bool = True,
) -> Comparison:
    """Holds each answer against its references; `joiner` and `cased` as in `Comparison`."""
    pairs = [nearest(answer, known) for answer, known in zip(answers, references, strict=True)]
    edits = np.array([distance for distance, _ in pairs], float)
    closest = [reference for _, reference in pairs]
    return Comparison(answers, closest, edits, references, joiner, cased)


def _lengths(rows: Sequence[Tokens]) -> np.ndarray:
    return np.array([len(row) for row in rows], float)


def exact(compared: Comparison) -> MetricValues:
    """1 where the answer equals one of the references."""
    return MetricValues((compared.edits == 0).astype(float))


def wrong(compared: Comparison) -> MetricValues:
    """1 where the answer equals none of the references."""
    return MetricValues((compared.edits > 0).astype(float))


def token_errors(compared: Comparison) -> MetricValues:
    """Edits over the tokens of the nearest reference, as a rate over all instances."""
    return MetricValues(compared.edits, _lengths(compared.references))


def token_accuracy(compared: Comparison) -> MetricValues:
    """Places where both have the same token, over the places of the longer one."""
    pairs = zip(compared.answers, compared.references, strict=True)
    equal = [sum(ours == known for ours, known in zip(*pair, strict=False)) for pair in pairs]
    longer = np.maximum(_lengths(compared.answers), _lengths(compared.references))
    return MetricValues(np.array(equal, float), longer)


def character_errors(compared: Comparison) -> MetricValues:
    """Edits of characters over the characters of the nearest reference."""
    answers, references = (
        [compared.joiner.join(row) for row in rows]
        for rows in (compared.answers, compared.references)
    )
    pairs = zip(references, answers, strict=True)
    return MetricValues(
        np.array([Levenshtein.distance(*pair) for pair in pairs], float), _lengths(references)
    )


def bleu(compared: Comparison) -> MetricValues:
    """BLEU against all references of each instance."""
    return corpus_metrics.bleu(*_texts(compared), compared.cased)


def chrf(compared: Comparison) -> MetricValues:
    """Character n-grams against all references of each instance."""
    return corpus_metrics.chrf(*_texts(compared), compared.cased)


def _texts(compared: Comparison) -> tuple[list[str], list[list[str]]]:
    """Answers and all references as texts again."""
    join = compared.joiner.join
    return [join(row) for row in compared.answers], [
        [join(row) for row in rows] for rows in compared.known
    ]


@final
class Measure(NamedTuple):
    """A metric and what computes it."""

    metric: Metric
    score: Callable[[Comparison], MetricValues]


MEASURES = {
    "bleu": Measure(
        Metric("bleu", "n-grams of words that references have, corpus BLEU, 0-100", True, "number"),
        bleu,
    ),
    "chrf": Measure(
        Metric("chrf", "n-grams of characters shared with references, 0-100", True, "number"), chrf
    ),
    "per": Measure(
        Metric("per", "phone edits over the phones of the nearest pronunciation", False),
        token_errors,
    ),
    "word_wer": Measure(
        Metric("wer", "words whose answer is none of the known pronunciations", False), wrong
    ),
    "wer": Measure(
        Metric("wer", "word edits over the words of the nearest reference", False), token_errors
    ),
    "cer": Measure(
        Metric("cer", "character edits over the characters of the nearest reference", False),
        character_errors,
    ),
    "exact": Measure(Metric("exact", "answers that equal one of the references", True), exact),
    "token_accuracy": Measure(
        Metric("token_accuracy", "places with the reference's token", True), token_accuracy
    ),
}
"""`word_wer` is the word error rate of the g2p papers: the share of words that are wrong."""
