"""Data that a training configuration calls by name."""

from __future__ import annotations

from pathlib import Path

from ptrnet_suite.data import Instances
from ptrnet_suite.errors import InputError
from tasks.text.files import read_pairs
from tasks.text.g2p import cmudict_part
from tasks.text.splits import mixed, part_of


def named(name: str) -> Instances:
    """A file, or a part of one: `cmudict:train|valid|test`, `FILE:train|valid|test`.

    `valid` and `test` are one source in 20 each, by the same hash everywhere: what was trained on
    any file's `train` has not seen a word of `cmudict:test`. Parts are in mixed order. Raises
    InputError for another name.
    """
    if Path(name).is_file():
        return read_pairs(Path(name))
    origin, _, part = name.rpartition(":")
    if origin == "cmudict" and part in ("train", "valid", "test"):
        return cmudict_part(part)
    if origin not in ("", "cmudict") and part in ("train", "valid", "test"):
        pairs = read_pairs(Path(origin))
        sources = list(pairs.inputs)
        return pairs.subset([place for place in mixed(sources) if part_of(sources[place]) == part])
    raise InputError(
        f"text has no file or data named {name!r}; accepted are cmudict:train, cmudict:valid, "
        "cmudict:test, and FILE, FILE:train, FILE:valid, FILE:test of 'source<TAB>target' lines"
    )
