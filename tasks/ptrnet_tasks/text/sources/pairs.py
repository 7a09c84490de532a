"""Pairs of texts in the forms that public data has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.text.sources.files import ACCEPTED, lines_of, packed_lines
from ptrnet_tasks.text.sources.lexicon import lexicon_lines

_SCAN = re.compile(r"IN: (.*?) OUT: (.*)")
_INFLECTION = "accepted are SIGMORPHON's lines of 'lemma<TAB>form<TAB>V;PST'"

Layout = Literal["pairs", "inflections", "lexicon"]
"""What the lines of a kind of problem may be beside `source<TAB>target`: three columns, a lemma,
its form and features; a word and its phones as dictionaries are written."""

COUNTED = "counted"
"""The column that says which lines evaluation and training count: not those that are blank or whose
source stood before. Without it all count."""


def read_pairs(path: Path, layout: Layout = "pairs") -> Instances:
    """Reads a file, or the pair of files `SOURCE+TARGET`, in whichever form it has.

    Every line is an instance, a blank one, too; a source on several lines has on each of them the
    references of all, in the order of the file (in a pair of files its own). The column `COUNTED`
    tells which lines are further ones. Raises InputError naming file and line.
    """
    files = aligned_files(path)
    if files is not None:
        return _aligned(*files)
    latin = layout == "lexicon"
    packed = packed_lines(path, latin) if path.is_file() else None
    lines, note = lines_of(path, latin) if packed is None else packed
    if packed is not None:
        # Further columns of an archive's text tell whose the sentences are.
        lines = ["\t".join(line.split("\t")[:2]) for line in lines]
    read = _by_line(path, _rows(path, lines, layout))
    return replace(read, notes=(note,)) if note else read


def _rows(path: Path, lines: Sequence[str], layout: Layout) -> Iterable[Sequence[str]]:
    """The lines taken apart, in the form that the first one has."""
    first = lines[0] if lines else ""
    if _SCAN.fullmatch(first.strip()):
        return _scan(path, lines)
    if layout == "inflections" and first.count("\t") == 2:
        return _inflections(path, lines)
    return _columns(path, lexicon_lines(lines) if layout == "lexicon" else lines)


def counted(instances: Instances) -> Instances:
    """What evaluation and training count: each source of a file once, with all its references."""
    counts = instances.columns.get(COUNTED)
    return instances if counts is None else instances.subset(np.flatnonzero(counts))


def aligned_files(path: Path) -> tuple[Path, Path] | None:
    """The two files of `SOURCE+TARGET`; None where the name has no plus or is one file's.

    Raises InputError where one of the two is missing.
    """
    name = str(path)
    pluses = [plus for plus, letter in enumerate(name) if letter == "+"]
    if not pluses or path.is_file():
        return None
    pairs = [(Path(name[:plus]), Path(name[plus + 1 :])) for plus in pluses]
    whole = [pair for pair in pairs if all(file.is_file() for file in pair)]
    if whole:
        return whole[0]
    missing = next(file for file in pairs[0] if not file.is_file())
    raise InputError(f"cannot read {missing}: no such file; accepted is SOURCE_FILE+TARGET_FILE")


def _aligned(source: Path, target: Path) -> Instances:
    """Line by line; raises InputError for unequal counts and blank lines."""
    sides = [[line.strip() for line in lines_of(path).lines] for path in (source, target)]
    if len(sides[0]) != len(sides[1]):
        counts = f"{source} has {len(sides[0]):,} lines and {target} {len(sides[1]):,}"
        raise InputError(f"{counts}; accepted are files with a line for each other's")
    for path, lines in zip((source, target), sides, strict=True):
        if "" in lines:
            number = lines.index("") + 1
            raise InputError(f"{path} line {number} is blank; accepted is a text on every line")
    if not sides[0]:
        raise InputError(f"{source} holds no text; {ACCEPTED}")
    return Instances(sides[0], [[text] for text in sides[1]], source=f"{source}+{target}")


def _by_line(path: Path, rows: Iterable[Sequence[str]]) -> Instances:
    """Rows of a source and, in all or in none that are not blank, a target."""
    known: dict[str, list[str]] = {}
    sources: list[str] = []
    counts: list[bool] = []
    solved = False
    for source, *targets in rows:
        sources.append(source)
        counts.append(bool(source) and source not in known)
        if source:
            solved = bool(targets)
            references = known.setdefault(source, [])
            references.extend(target for target in targets if target not in references)
    if not known:
        raise InputError(f"{path} holds no text; {ACCEPTED}")
    solutions = [known.get(source, []) for source in sources] if solved else None
    columns = {} if all(counts) else {COUNTED: np.array(counts)}
    return Instances(sources, solutions, columns=columns, source=str(path))


def _columns(path: Path, lines: Sequence[str | None]) -> Iterable[list[str]]:
    """`source<TAB>target` lines, or sources alone, and blank ones; None is passed over."""
    columns: int | None = None
    for number, line in enumerate(lines, 1):
        if line is None:
            continue
        fields = [field.strip() for field in line.split("\t")]
        if fields == [""]:
            yield fields
            continue
        if len(fields) > 2 or (columns and len(fields) != columns):
            raise InputError(f"{path} line {number} has {len(fields)} columns; {ACCEPTED}")
        if "" in fields:
            side = "source" if not fields[0] else "target"
            raise InputError(f"{path} line {number} has an empty {side}; {ACCEPTED}")
        columns = len(fields)
        yield fields


def _scan(path: Path, lines: Sequence[str]) -> Iterable[list[str]]:
    """Lines of SCAN (Lake & Baroni 2018)."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            yield [""]
            continue
        match = _SCAN.fullmatch(line.strip())
        if match is None or not all(match.groups()):
            raise InputError(f"{path} line {number} is not 'IN: source OUT: target' as others are")
        yield [match[1], match[2]]


def _inflections(path: Path, lines: Sequence[str]) -> Iterable[list[str]]:
    """Lemma, form and features: `walk`, `walked`, `V;PST` is read `walk<V><PST>`, `walked`."""
    for number, line in enumerate(lines, 1):
        fields = [field.strip() for field in line.split("\t")]
        if fields == [""]:
            yield fields
            continue
        if len(fields) != 3 or "" in fields:
            raise InputError(f"{path} line {number} is not of three columns; {_INFLECTION}")
        lemma, form, features = fields
        tags = "".join(f"<{feature}>" for feature in features.split(";") if feature)
        yield [lemma + tags, form]
