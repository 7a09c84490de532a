"""BLEU and chrF: sacrebleu counts in each text; sums over texts make the figures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from ptrnet_suite.task.metric import Corpus, MetricValues

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric

WORDS, CHARACTERS = 4, 6
"""Longest n-grams of BLEU and of chrF, sacrebleu's defaults."""

BETA = 2
"""How many times as much recall counts as precision in chrF."""


def bleu(
    answers: Sequence[str], references: Sequence[Sequence[str]], cased: bool = True
) -> MetricValues:
    """Corpus BLEU on sacrebleu's scale of 0 to 100, with sacrebleu's signature.

    references: one or more for each answer. Without `cased` all is counted in lower case. An
    answer's own value is over the n-grams that it is long enough for (effective order).
    """
    from sacrebleu.metrics.bleu import BLEU

    # `force`: a model that learnt from tokenised text needs no warning about each of its answers.
    metric = BLEU(lowercase=not cased, max_ngram_order=WORDS, force=True)
    counts, signature = _counted(metric, answers, references, 2 + 2 * WORDS)
    own = bleu_of(counts, effective=True)
    return MetricValues(own, corpus=Corpus(counts, bleu_of), signature=signature)


def chrf(
    answers: Sequence[str], references: Sequence[Sequence[str]], cased: bool = True
) -> MetricValues:
    """Corpus chrF2 on sacrebleu's scale of 0 to 100, with sacrebleu's signature.

    references, cased: as for `bleu`.
    """
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF(lowercase=not cased, char_order=CHARACTERS, beta=BETA)
    counts, signature = _counted(metric, answers, references, 3 * CHARACTERS)
    return MetricValues(chrf_of(counts), corpus=Corpus(counts, chrf_of), signature=signature)


def _counted(
    metric: Metric, answers: Sequence[str], references: Sequence[Sequence[str]], statistics: int
) -> tuple[np.ndarray, str | None]:
    """What sacrebleu counts of each answer, `(count, statistics)`, and its signature."""
    if not len(answers):
        return np.zeros((0, statistics)), None
    # sacrebleu takes all first references, then all second ones, None where there is none.
    streams = list(zip_longest(*references))
    counts = metric._extract_corpus_statistics(list(answers), streams)
    return np.array(counts, float), str(metric.get_signature())


def bleu_of(sums: np.ndarray, effective: bool = False) -> np.ndarray:
    """BLEU of summed counts `(..., 10)`: lengths of answers and references, matches, n-grams.

    Papineni et al., ACL 2002, section 2.3; of an order without matches, mteval-v13a's smoothing
    counts half a match, a quarter for the next such order, and so on. `effective` leaves orders
    out that no answer is long enough for, which otherwise make the figure 0.
    """
    length, wanted = sums[..., 0], sums[..., 1]
    matches, grams = sums[..., 2 : 2 + WORDS], sums[..., 2 + WORDS :]
    halvings = np.cumsum((matches == 0) & (grams > 0), -1)
    counted = np.where(matches > 0, matches, 0.5**halvings)
    logs = np.log(counted / np.maximum(grams, 1)) * (grams > 0)
    orders = np.maximum((grams > 0).sum(-1), 1)
    brevity = np.minimum(0, 1 - wanted / np.maximum(length, 1))
    figures = 100 * np.exp(brevity + logs.sum(-1) / orders)
    defined = matches.any(-1) & (effective | (grams > 0).all(-1))
    return np.where(defined, figures, 0.0)


def chrf_of(sums: np.ndarray) -> np.ndarray:
    """The chrF of sums `(..., 18)`: for each order n-grams of answers, of references, and matches.

    Popović, WMT 2015, section 2: the F-score of precision and recall, each the mean over orders
    that both sides are long enough for.
    """
    ours, known, matches = np.moveaxis(sums.reshape(*sums.shape[:-1], CHARACTERS, 3), -1, 0)
    both = (ours > 0) & (known > 0)
    orders = np.maximum(both.sum(-1), 1)
    precision = (both * matches / np.maximum(ours, 1)).sum(-1) / orders
    recall = (both * matches / np.maximum(known, 1)).sum(-1) / orders
    weighed = np.maximum(BETA**2 * precision + recall, 1e-300)
    return 100 * (1 + BETA**2) * precision * recall / weighed
