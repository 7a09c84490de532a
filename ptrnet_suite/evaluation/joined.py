"""One metric of several parts of the instances: of files, or of checkpoints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ptrnet_suite.task.metric import MetricValues

Part = tuple[np.ndarray, MetricValues | None]
"""Indices of instances, and a metric's values of them; None where a part has no such metric."""


def joined(parts: Sequence[Part]) -> MetricValues:
    """The metric over the instances of all parts, in the instances' order.

    Indices are those of all instances together, each once. Instances of a part without the metric
    do not count. Several references are named together; one part's failure is that of all.
    """
    known = [(indices, score) for indices, score in parts if score is not None]
    if len(known) == len(parts) == 1:
        return known[0][1]
    count = sum(len(indices) for indices, _ in parts)
    values, weights = np.zeros(count), np.zeros(count)
    for indices, score in known:
        values[indices] = score.values
        weights[indices] = 1.0 if score.weights is None else score.weights
    references = dict.fromkeys(score.reference for _, score in known if score.reference)
    failures = [score.failure for _, score in known if score.failure]
    first = known[0][1]
    corpus = first.corpus
    if corpus is not None:
        counts = np.zeros((count, np.shape(corpus.counts)[1]))
        for indices, score in known:
            if score.corpus is not None:
                counts[indices] = score.corpus.counts
        corpus = corpus._replace(counts=counts)
    return MetricValues(
        values,
        None if (weights == 1).all() else weights,
        " and ".join(references) or None,
        failures[0] if failures else None,
        corpus,
        first.signature,
    )
