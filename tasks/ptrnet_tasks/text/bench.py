"""The benchmark of text."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_tasks.text.sources.named_data import files_of, named
from ptrnet_tasks.text.task import Text

SEED = 1_080_000

WORDS, COMMANDS = 2000, 1000
"""Words and commands of the test parts that are tried."""

SIZES: dict[str, tuple[str, tuple[int, ...]]] = {
    "reverse": ("letters", (5, 10, 20, 40)),
    "copy": ("letters", (5, 10, 20, 40)),
    "letters": ("letters", (5, 10, 20, 40)),
    "numbers": ("digits", (3, 6, 9, 12)),
    "dates": ("dates of the years 1900 to 2099", (0,)),
}
"""Problem -> what is counted and which sizes are tried; 0 where nothing is."""


G2P = {
    "Toshniwal & Livescu 2016, ensemble": {"per": 0.0469, "wer": 0.2024},
    "g2p-seq2seq, Transformer 3x256": {"wer": 0.206},
    "Yao & Zweig 2015": {"per": 0.0545, "wer": 0.2355},
    "Phonetisaurus 0.3.0": {"per": 0.0587, "wer": 0.2453},
}
TRANSLATION = {
    "tutorial, Transformer": {"bleu": 36.5},
    "tutorial, GRU with attention": {"bleu": 28.3},
    "tutorial, LSTM without attention": {"bleu": 13.8},
}
_SEEN = "{} has learned some of these words; `ptrnet fetch g014b2b` brings others"
SCAN = {"Lake & Baroni 2018": {"exact": 0.998}}


def plan(task: Text) -> list[BenchCase]:
    """Public test sets where they are there, texts of every size for a rule, nothing for files."""
    problem = task.problem
    if problem == "g2p":
        return _words()
    if problem == "translation":
        return _translations()
    if problem == "scan":
        return _commands()
    unit, sizes = SIZES.get(problem, ("", ()))
    return [
        BenchCase(
            name=f"{size} {unit}" if size else unit,
            table=problem,
            size=size or 1,
            count=500,
            seed=SEED + size,
            by_size="exact" if size else None,
        )
        for size in sizes
    ]


def _words() -> list[BenchCase]:
    """Words of the published split where it is there, else of the package's own dictionary.

    `g2p_recurrent` and `g2p_transformer` were trained, as papers do, on all of the split's training
    words, some of which are test words of the dictionary by our hash.
    """
    published = not _missing("g014b2b:test")
    name = "g014b2b:test" if published else "cmudict:test"
    origin = "the published split" if published else "the CMU dictionary that training did not see"
    known: dict[str, Any] = {"published": G2P} if published else {}
    cases = [
        BenchCase(
            name=f"{WORDS:,} words of {name}",
            table=f"graphemes to phonemes: words of {origin}",
            size=8,
            count=WORDS,
            instances=partial(_some, name, WORDS),
            checkpoint=checkpoint,
            searches=("greedy", "beam:5"),
            published_on="Published figures are for all 12,000 words of the same file",
            missing="" if published or checkpoint == "g2p" else _SEEN.format(checkpoint),
        )
        for checkpoint in ("g2p", "g2p_recurrent", "g2p_transformer")
    ]
    shown = len(cases) - 1 if published else 0
    cases[shown] = replace(
        cases[shown], references={"letter_majority": WORDS}, examples="per", **known
    )
    return cases


def _translations() -> list[BenchCase]:
    """Multi30k's test set of 2016, with and without attention, by the length of the sentence."""
    common = BenchCase(
        name="Multi30k, test 2016",
        table="translation, German to English",
        size=14,
        count=1000,
        instances=partial(named, "multi30k:test"),
        published_on="Published figures are of tutorials, on lower-cased words of the same text",
        lengths=(10, 15, 20, 25),
        missing=_missing("multi30k:test"),
    )
    return [
        replace(common, checkpoint="translation", searches=("greedy", "beam:5,length_penalty=1")),
        replace(common, checkpoint="translation_unattended", published=TRANSLATION),
    ]


def _commands() -> list[BenchCase]:
    """SCAN's simple split, and the length split on which such models fail."""
    return [
        BenchCase(
            name=f"{COMMANDS} commands of the {split} split",
            table="SCAN: commands to actions",
            size=8,
            count=COMMANDS,
            instances=partial(_some, f"scan-{split}:test", COMMANDS),
            checkpoint=checkpoint,
            published=SCAN if split == "simple" else {},
            published_on="The published figure is the authors' on the same split",
            missing=_missing(f"scan-{split}:test"),
        )
        for split, checkpoint in (("simple", "scan"), ("length", "scan_length"))
    ]


def _missing(name: str) -> str:
    """Why data cannot be read here, else nothing."""
    try:
        files_of(name)
    except InputError as error:
        return str(error)
    return ""


def _some(name: str, count: int) -> Instances:
    """The same instances of a named set every time."""
    instances = named(name)
    order = np.random.default_rng(SEED).permutation(len(instances))
    return instances.subset(order[:count])
