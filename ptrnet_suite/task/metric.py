"""Figures of merit: what a metric is, and what answers scored by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, final

import numpy as np


@final
class Metric(NamedTuple):
    """A figure of merit and how to read it."""

    name: str
    description: str
    higher_is_better: bool
    kind: Literal["rate", "number"] = "rate"
    """A rate is a fraction and is shown in per cent."""


@final
class Corpus(NamedTuple):
    """A figure of all instances together that is no mean of theirs, such as BLEU.

    counts: `(count, statistics)`, what is summed over instances.
    figure: sums `(..., statistics)` -> figures `(...)`, NaN where the sums tell nothing.
    """

    counts: np.ndarray
    figure: Callable[[np.ndarray], np.ndarray]


@final
class MetricValues(NamedTuple):
    """A metric over instances: the sum of `values` over the sum of `weights`, each `(count,)`."""

    values: np.ndarray
    weights: np.ndarray | None = None
    """None counts every instance once."""
    reference: str | None = None
    """What the values are held against, for metrics such as a gap."""
    failure: str | None = None
    """Why the figure says nothing of these instances; it is then shown as FAIL."""
    corpus: Corpus | None = None
    """Makes the figure where it is no such mean; `values` are then those of each instance alone."""
    signature: str | None = None
    """Program, version and settings that computed it, where figures differ between programs."""
    tolerated: float | None = None
    """The share of instances without weight up to which there is no `failure`; None where a failure
    is of another kind. By it the failure of parts of the instances is judged over all of them."""

    def subset(self, indices: Sequence[int] | np.ndarray) -> MetricValues:
        """The same metric over the instances at `indices`."""
        rows, corpus = np.asarray(indices), self.corpus
        return self._replace(
            values=np.asarray(self.values)[rows],
            weights=None if self.weights is None else np.asarray(self.weights)[rows],
            corpus=None if corpus is None else corpus._replace(counts=corpus.counts[rows]),
        )
