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
    do not count. Several references are named together; one part's failure is that of all, unless
    it is tolerated over all of them.
    """
    known = [(indices, score) for indices, score in parts if score is not None]
    if len(known) == len(parts) == 1:
        return known[0][1]
    count = sum(len(indices) for indices, _ in parts)
    values, weights = np.zeros(count), np.zeros(count)
    for indices, score in known:
        values[indices] = score.values
        weights[indices] = 1.0 if score.weights is None else score.weights
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
        _named_together([score.reference for _, score in known if score.reference]),
        _failure(known, weights),
        corpus,
        _signature([score.signature for _, score in known if score.signature]),
        first.tolerated,
    )


def _named_together(references: Sequence[str]) -> str | None:
    """All references, each once; a part may itself name several."""
    if len(set(references)) < 2:
        return references[0] if references else None
    return " and ".join(sorted({name for each in references for name in each.split(" and ")}))


def _failure(known: Sequence[tuple[np.ndarray, MetricValues]], weights: np.ndarray) -> str | None:
    """Why the figure says nothing of all instances that have the metric."""
    failed = next((score for _, score in known if score.failure), None)
    if failed is None:
        return None
    if failed.tolerated is not None:
        uncounted = sum(int((weights[indices] == 0).sum()) for indices, _ in known)
        if uncounted <= failed.tolerated * sum(len(indices) for indices, _ in known):
            return None
    return failed.failure


def _signature(signatures: Sequence[str]) -> str | None:
    """That of all parts: where theirs differ in a setting, such as the number of references, it is
    `var`, as sacrebleu writes what varies.
    """
    if len(set(signatures)) < 2:
        return signatures[0] if signatures else None
    settings = [signature.split("|") for signature in dict.fromkeys(signatures)]
    if len({len(each) for each in settings}) > 1:
        return " and ".join(dict.fromkeys(signatures))
    return "|".join(
        values[0] if len(set(values)) == 1 else f"{values[0].split(':')[0]}:var"
        for values in zip(*settings, strict=True)
    )
