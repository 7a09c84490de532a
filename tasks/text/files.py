"""Pairs of texts in a file: `source<TAB>target`, one pair a line."""

from __future__ import annotations

import os
from pathlib import Path

from ptrnet_suite.data import Instances
from ptrnet_suite.errors import InputError

_ACCEPTED = "each line is 'source<TAB>target', or a source alone on every line"


def read_pairs(path: Path) -> Instances:
    """Reads UTF-8 lines of `source<TAB>target`; lines without a tab are sources to be solved.

    A source on several lines has several references, in the order of the file. Raises InputError
    naming file and line for anything else, and for a file without pairs.
    """
    known: dict[str, list[str]] = {}
    columns: int | None = None
    for number, line in enumerate(_text(path).split("\n"), 1):
        fields = [field.strip() for field in line.rstrip("\r").split("\t")]
        if fields == [""]:
            continue
        if len(fields) > 2 or (columns and len(fields) != columns):
            raise InputError(f"{path} line {number} has {len(fields)} columns; {_ACCEPTED}")
        if "" in fields:
            side = "source" if not fields[0] else "target"
            raise InputError(f"{path} line {number} has an empty {side}; {_ACCEPTED}")
        columns = len(fields)
        references = known.setdefault(fields[0], [])
        references.extend(target for target in fields[1:] if target not in references)
    if not known:
        raise InputError(f"{path} holds no text; {_ACCEPTED}")
    solutions = list(known.values()) if columns == 2 else None
    return Instances(list(known), solutions, source=str(path))


def write_pairs(instances: Instances, path: Path) -> None:
    """Writes every reference on a line of its own, or sources alone where none is known.

    Raises InputError for another suffix than .tsv, for a text with a tab or a line break and
    for a place that cannot be written.
    """
    if path.suffix != ".tsv":
        raise InputError(f"cannot write text to {path}: accepted is the suffix .tsv")
    if instances.solutions is None:
        rows = [[source] for source in instances.inputs]
    else:
        pairs = zip(instances.inputs, instances.solutions, strict=True)
        rows = [[source, target] for source, targets in pairs for target in targets]
    for text in (text for row in rows for text in row):
        if "\t" in text or "\n" in text or "\r" in text:
            raise InputError(f"cannot write {text!r} to {path}: a text may hold no tab or line end")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        told = f"cannot write {path}: {error.strerror}; accepted is a writable place"
        raise InputError(told) from None


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; {_ACCEPTED}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start}); {_ACCEPTED}") from None
    if "\0" in text:
        raise InputError(f"{path} is not text but binary; {_ACCEPTED}")
    return text
