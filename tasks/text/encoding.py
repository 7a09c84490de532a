"""Instances of text to ids, once, and from ids to batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from ptrnet_suite.data import Batch, Instances, to_batch
from tasks.text.vocabulary import Vocabulary


def known(instances: Instances) -> list[list[str]]:
    """References of each instance; an empty list where nothing is known."""
    return [] if instances.solutions is None else list(instances.solutions)


def together(parts: Sequence[Instances]) -> Instances:
    """The texts of several data sets, one after the other."""
    sources = [text for part in parts for text in part.inputs]
    return Instances(sources, [references for part in parts for references in known(part)])


def encoded(instances: Instances, source: Vocabulary, target: Vocabulary) -> Instances:
    """The instances with columns `source_ids` and, where targets are known, `target_ids`.

    These hold an id array for each source, and a list of them for the references of each.
    """
    columns = {**instances.columns, "source_ids": source.encode(list(instances.inputs))}
    if instances.solutions is not None:
        references = known(instances)
        ids = iter(target.encode(list(chain.from_iterable(references))))
        columns["target_ids"] = [[next(ids) for _ in each] for each in references]
    return replace(instances, columns=columns)


def batch_of(instances: Instances, rng: np.random.Generator | None) -> Batch:
    """Encoded instances as a batch; targets are first references, or with `rng` drawn ones."""
    sources = instances.columns["source_ids"]
    if instances.solutions is None:
        return to_batch(sources, None)
    references = instances.columns["target_ids"]
    if rng is None:
        return to_batch(sources, [each[0] for each in references])
    drawn = zip(references, rng.random(len(references)), strict=True)
    return to_batch(sources, [each[int(at * len(each))] for each, at in drawn])
