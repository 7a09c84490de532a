"""Tokens of a source that a model may copy, known to the target's vocabulary or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ptrnet_suite.data.batch import END
from ptrnet_suite.errors import InputError
from ptrnet_tasks.text.vocabulary import Vocabulary


def check_copying(source: Vocabulary, target: Vocabulary) -> None:
    """Raises InputError where tokens of the source are no tokens of the target."""
    if source.level != target.level or source.level not in ("characters", "words"):
        raise InputError(
            f"copying from {source.level} to {target.level} is not possible; accepted are "
            "characters or words on both sides"
        )


def copies_of(source: Sequence[str], target: Vocabulary) -> np.ndarray:
    """The choice that stands for each source token `(tokens,)`.

    The target's own id where it has one, else the vocabulary's size plus the token's first place.
    """
    known, size = target.ids, len(target)
    return np.array([known.get(token, size + source.index(token)) for token in source], np.int64)


def pointed(ids: np.ndarray, text: str, source: Sequence[str], target: Vocabulary) -> np.ndarray:
    """Ids of a target text, its unknown tokens pointing to the source's, where it has them."""
    copies = dict(zip(source, copies_of(source, target), strict=True))
    known = target.ids
    tokens = target.tokenise(text)
    choices = [
        known.get(token, copies.get(token, own)) for token, own in zip(tokens, ids, strict=False)
    ]
    return np.array([*choices, END], np.int64)


def decode_copies(choices: Iterable[int], source: Sequence[str], target: Vocabulary) -> str:
    """The text of choices, of which those beyond the vocabulary are copied tokens."""
    tokens: list[str] = []
    for choice in choices:
        if choice == END:
            break
        beyond = int(choice) - len(target)
        tokens.append(source[beyond] if beyond >= 0 else target.tokens[int(choice)])
    return target.join(tokens)
