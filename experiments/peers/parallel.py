"""Sentence pairs as every translation system is given them: tokens, vocabularies and files."""

from __future__ import annotations

import gzip
import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

BATCH = 64
SEEN_TWICE = 2
"""A word of the vocabulary stands in the training data at least so often."""
_TOKEN = re.compile(r"\w+|[^\w\s]")


class Rates(NamedTuple):
    """How much was done in a second, of the clock and of the processor."""

    wall: float
    cpu: float


class Pairs(NamedTuple):
    """Files, one sentence a line, of tokens with spaces between them.

    Vocabularies hold `token<TAB>count` lines. sentences: for training; tokens: of their targets,
    each with one more for its end; tests: sentences to translate; length: tokens of each answer.
    """

    train_source: Path
    train_target: Path
    test_source: Path
    source_vocabulary: Path
    target_vocabulary: Path
    sentences: int
    tokens: int
    tests: int
    length: int


def pairs_of(data: Path, folder: Path, sentences: int, tests: int) -> Pairs:
    """Multi30k German to English in lower case, split at word boundaries, as files in `folder`.

    Vocabularies are those of all 29,000 pairs; `sentences` of these, drawn with a fixed seed, are
    for training. Answers shall be as long as test references are on average.
    """
    folder.mkdir(parents=True, exist_ok=True)
    train = {side: _read(data / f"train.{side}.gz") for side in ("de", "en")}
    test = {side: _read(data / f"test_2016_flickr.{side}.gz")[:tests] for side in ("de", "en")}
    chosen = random.Random(1).sample(range(len(train["de"])), sentences)
    source, target = ([train[side][place] for place in chosen] for side in ("de", "en"))
    files = {
        "train.de": source, "train.en": target, "test.de": test["de"],
        "vocabulary.de": _vocabulary(train["de"]), "vocabulary.en": _vocabulary(train["en"]),
    }  # fmt: skip
    for name, lines in files.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    tokens = sum(len(line.split()) + 1 for line in target)
    length = round(sum(len(line.split()) for line in test["en"]) / len(test["en"]))
    return Pairs(*(folder / name for name in files), sentences, tokens, len(test["de"]), length)


def words_of(vocabulary: Path) -> list[str]:
    """The tokens of a vocabulary, frequent ones first."""
    lines = vocabulary.read_text(encoding="utf-8").splitlines()
    return [line.partition("\t")[0] for line in lines]


def _read(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [" ".join(_TOKEN.findall(line.lower())) for line in file.read().splitlines()]


def _vocabulary(lines: Sequence[str]) -> list[str]:
    counts = Counter(word for line in lines for word in line.split())
    kept = [(word, count) for word, count in counts.most_common() if count >= SEEN_TWICE]
    return [f"{word}\t{count}" for word, count in kept]
