"""A pronunciation without a network: each letter's most frequent phone beside its neighbours."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_tasks.text.problems import LETTERS
from ptrnet_tasks.text.sources.g2p import cmudict_part
from ptrnet_tasks.text.sources.lexicon import PHONES

_SILENT, _UNITS = len(PHONES), len(PHONES) + 1
_EDGE, _OTHER = 0, len(LETTERS) + 1
_SYMBOLS = len(LETTERS) + 2
_SYMBOL_OF_BYTE = np.full(256, _OTHER)
_SYMBOL_OF_BYTE[[ord(letter) for letter in LETTERS]] = np.arange(1, _OTHER)
_PHONE = {phone: index for index, phone in enumerate(PHONES)}

Groups = list[tuple[np.ndarray, np.ndarray]]
"""Words of one length with phones of one length: `(words, letters)`, `(words, phones)`."""


def pronounce(instances: Instances) -> list[str]:
    """Each word as `PH ON ES`: every letter becomes its majority phone, or falls silent.

    The majority is over the letter with its left and right neighbour in aligned words of
    cmudict:train, or over the letter alone where that context was never seen.
    """
    words = [_symbols(word) for word in instances.inputs]
    units = [_majority()[_contexts(word[None])[0]] for word in words]
    return [" ".join(PHONES[unit] for unit in row if unit != _SILENT) for row in units]


@cache
def _majority() -> np.ndarray:
    """Most frequent unit of each context, `(symbols ** 3,)`."""
    groups = _groups(cmudict_part("train"))
    units = _align(groups)
    contexts = np.concatenate([_contexts(letters).ravel() for letters, _ in groups])
    emitted = np.concatenate([row.ravel() for row in units])
    counts = np.bincount(contexts * _UNITS + emitted, minlength=_SYMBOLS**3 * _UNITS)
    table = counts.reshape(_SYMBOLS, _SYMBOLS, _SYMBOLS, _UNITS)
    alone = np.broadcast_to(table.sum((0, 2))[None, :, None], table.shape)
    chosen: np.ndarray = np.where(table.any(-1), table.argmax(-1), alone.argmax(-1))
    chosen[:, _OTHER] = _SILENT
    return chosen.ravel()


def _symbols(word: str) -> np.ndarray:
    return _SYMBOL_OF_BYTE[np.frombuffer(word.upper().encode("latin-1", "replace"), np.uint8)]


def _contexts(letters: np.ndarray) -> np.ndarray:
    """A code for each letter with both neighbours, `(words, letters)`."""
    padded = np.pad(letters, ((0, 0), (1, 1)), constant_values=_EDGE)
    return (padded[:, :-2] * _SYMBOLS + padded[:, 1:-1]) * _SYMBOLS + padded[:, 2:]


def _groups(instances: Instances) -> Groups:
    """First pronunciations with no more phones than letters, stacked by both lengths."""
    assert instances.solutions is not None
    stacks: defaultdict[tuple[int, int], list[tuple[np.ndarray, list[int]]]] = defaultdict(list)
    for word, (pronunciation, *_) in zip(instances.inputs, instances.solutions, strict=True):
        phones = [_PHONE[phone] for phone in pronunciation.split()]
        if len(phones) <= len(word):
            stacks[len(word), len(phones)].append((_symbols(word), phones))
    return [
        (np.stack([letters for letters, _ in rows]), np.array([phones for _, phones in rows]))
        for rows in stacks.values()
    ]


def _align(groups: Groups, rounds: int = 3) -> list[np.ndarray]:
    """Unit of each letter, `(words, letters)` a group, by hard expectation maximisation.

    It starts from the phones spread evenly over the letters.
    """
    units: list[np.ndarray] = []
    for letters, phones in groups:
        size = letters.shape[1]
        units.append(phones[:, np.arange(size) * phones.shape[1] // size])
    for _ in range(rounds):
        counts = np.ones(_SYMBOLS * _UNITS)
        for (letters, _), row in zip(groups, units, strict=True):
            counts += np.bincount((letters * _UNITS + row).ravel(), minlength=len(counts))
        table = counts.reshape(_SYMBOLS, _UNITS)
        scores = np.log(table / table.sum(1, keepdims=True))
        units = [_best_alignment(letters, phones, scores) for letters, phones in groups]
    return units


def _best_alignment(letters: np.ndarray, phones: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Most probable unit of each letter such that the units less silence are the phones."""
    count, size = letters.shape
    best = np.full((count, phones.shape[1] + 1), -np.inf)
    best[:, 0] = 0
    sounds: list[np.ndarray] = []
    for letter in range(size):
        silent = best + scores[letters[:, letter], _SILENT][:, None]
        sound = np.full_like(best, -np.inf)
        sound[:, 1:] = best[:, :-1] + scores[letters[:, letter, None], phones]
        sounds.append(sound > silent)
        best = np.maximum(silent, sound)
    units = np.full(letters.shape, _SILENT)
    rows, done = np.arange(count), np.full(count, phones.shape[1])
    for letter in reversed(range(size)):
        sounding = sounds[letter][rows, done]
        done = done - sounding
        units[sounding, letter] = phones[rows, np.minimum(done, phones.shape[1] - 1)][sounding]
    return units
