"""How answers are scored against the nearest of their references, or all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.metric import MetricValues
from ptrnet_tasks.text.encoding import known
from ptrnet_tasks.text.metrics import MEASURES, compare
from ptrnet_tasks.text.vocabulary import Vocabulary


def scores(
    instances: Instances, answers: Sequence[str], target: Vocabulary, measures: Sequence[str]
) -> Mapping[str, MetricValues]:
    """Each of the measures over the instances with a reference; none where none has one."""
    references = known(instances)
    held = [index for index, texts in enumerate(references) if texts]
    if not held:
        return {}
    compared = compare(
        [target.units(answers[index]) for index in held],
        [[target.units(text) for text in references[index]] for index in held],
        target.joiner,
        target.case == "keep",
    )
    named = {MEASURES[name].metric.name: MEASURES[name].score(compared) for name in measures}
    if len(held) == len(references):
        return named
    return {name: _among(score, held, len(references)) for name, score in named.items()}


def _among(score: MetricValues, held: Sequence[int], count: int) -> MetricValues:
    """The score of some instances as that of `count`, of which the others do not weigh."""
    weights = np.ones(len(held)) if score.weights is None else score.weights
    corpus = score.corpus
    if corpus is not None:
        corpus = corpus._replace(counts=_spread(corpus.counts, held, count))
    values, weights = (_spread(each, held, count) for each in (score.values, weights))
    return score._replace(values=values, weights=weights, corpus=corpus)


def _spread(rows: np.ndarray, held: Sequence[int], count: int) -> np.ndarray:
    spread = np.zeros((count, *rows.shape[1:]))
    spread[held] = rows
    return spread
