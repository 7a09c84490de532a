"""Instances of text to ids, once, and from ids to batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from ptrnet_suite.data.batch import Batch, to_batch
from ptrnet_suite.data.concatenation import ConcatenatedColumn, concatenated
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.text.copying import copies_of, pointed
from ptrnet_tasks.text.readings import readings_of
from ptrnet_tasks.text.sources.streamed import Texts
from ptrnet_tasks.text.vocabulary import UNKNOWN, Vocabulary


def known(instances: Instances) -> Sequence[Sequence[str]]:
    """References of each instance; an empty list where nothing is known."""
    solutions: Any = instances.solutions
    return [] if solutions is None else solutions


def all_of(parts: Sequence[Instances]) -> Instances:
    """The texts of several data sets, one after the other."""
    sources = concatenated([part.inputs for part in parts])
    return Instances(sources, concatenated([known(part) for part in parts]))


def is_streamed(instances: Instances) -> bool:
    """Whether texts are read one by one when they are asked for."""
    return isinstance(instances.inputs, Texts | ConcatenatedColumn)


def encoded(
    instances: Instances, source: Vocabulary, target: Vocabulary, copying: bool = False
) -> Instances:
    """The instances with columns `source_ids` and, where targets are known, `target_ids`.

    These hold an id array for each source, and a list of them for the references of each. With
    `copying`, `copies` holds what stands for each source token.
    """
    texts = list(readings_of(instances))
    columns: dict[str, Any] = {**instances.columns, "source_ids": _source_ids(texts, source)}
    if instances.solutions is not None:
        references = known(instances)
        ids = iter(target.encode(list(chain.from_iterable(references))))
        columns["target_ids"] = [[next(ids) for _ in each] for each in references]
    if copying:
        tokens = [source.tokenise(text) for text in texts]
        columns["copies"] = [copies_of(row, target) for row in tokens]
        for row, each, written in zip(
            tokens, columns.get("target_ids", []), known(instances), strict=False
        ):
            each[:] = [pointed(*pair, row, target) for pair in zip(each, written, strict=True)]
    return replace(instances, columns=columns)


def _source_ids(texts: list[str], source: Vocabulary) -> list[np.ndarray]:
    """Ids of each text; of one that has no tokens the unknown's, as a model needs one to read."""
    unknown = np.full(1, source.ids.get(UNKNOWN, 0))
    return [ids if len(ids) else unknown for ids in source.encode(texts)]


def check_texts(instances: Instances, source: Vocabulary, target: Vocabulary) -> None:
    """Raises InputError for no instance, an empty text and one with unknown characters."""
    if not len(instances):
        raise InputError(f"{instances.source} holds no text; accepted is one text or more")
    for text in instances.inputs:
        if not isinstance(text, str) or not text.strip():
            problem = f"{source.side} {text!r} is empty or no text"
            raise InputError(f"{problem}; accepted is a text")
    source.check(instances.inputs)
    check_targets(instances, target)


def check_tokens(instances: Instances, source: Vocabulary, target: Vocabulary) -> None:
    """Raises InputError for a text with a token that a closed vocabulary does not know."""
    source.check(instances.inputs)
    target.check(_targets(instances))


def check_targets(instances: Instances, target: Vocabulary) -> None:
    """Raises InputError for a target that is empty or has what its closed vocabulary has not."""
    for text in _targets(instances):
        if not isinstance(text, str) or not text.strip():
            problem = f"{target.side} {text!r} is empty or no text"
            raise InputError(f"{problem}; accepted is a text")
    target.check(_targets(instances))


def _targets(instances: Instances) -> Iterator[str]:
    return chain.from_iterable(known(instances))


def resplit(
    instances: Instances,
    source: Vocabulary,
    target: Vocabulary,
    dropout: float,
    rng: np.random.Generator,
) -> Instances:
    """The instances encoded with subwords split at random, each with one reference drawn."""
    seed = int(rng.integers(2**31))
    columns: dict[str, Any] = {"source_ids": source.encode(list(instances.inputs), dropout, seed)}
    if instances.solutions is not None:
        shares = zip(known(instances), rng.random(len(instances)), strict=True)
        drawn = [texts[int(at * len(texts))] for texts, at in shares]
        columns["target_ids"] = [[ids] for ids in target.encode(drawn, dropout, seed + 1)]
    return replace(instances, columns=columns)


_NOTHING = np.empty(0, np.int64)
"""Ids of the answer to a text that has no reference."""


def batch_of(instances: Instances, rng: np.random.Generator | None) -> Batch:
    """Encoded instances as a batch; targets are first references, or with `rng` drawn ones."""
    sources, copies = instances.columns["source_ids"], instances.columns.get("copies")
    if instances.solutions is None:
        return to_batch(sources, None, copies)
    references = instances.columns["target_ids"]
    if rng is None:
        return to_batch(sources, [each[0] if each else _NOTHING for each in references], copies)
    drawn = zip(references, rng.random(len(references)), strict=True)
    return to_batch(sources, [each[int(at * len(each))] for each, at in drawn], copies)
