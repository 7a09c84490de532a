"""Pairs of texts in the forms that public data has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.text.sources.files import ACCEPTED, lines_of, packed_lines

_SCAN = re.compile(r"IN: (.*?) OUT: (.*)")
_INFLECTION = "accepted are SIGMORPHON's lines of 'lemma<TAB>form<TAB>V;PST'"

Pair = tuple[str, str]


def read_pairs(path: Path, inflections: bool = False) -> Instances:
    """Reads a file, or the pair of files `SOURCE+TARGET`, in whichever form it has.

    A source on several lines has several references, in the order of the file; in a pair of files
    every line stays an instance of its own. With `inflections`, three columns are a lemma, its form
    and features. Raises InputError naming file and line.
    """
    files = aligned_files(path)
    if files is not None:
        return _aligned(*files)
    packed = packed_lines(path) if path.is_file() else None
    if packed is not None:
        # Further columns tell whose the sentences are.
        two = ["\t".join(line.split("\t")[:2]) for line in packed]
        return _together(path, _columns(path, two))
    lines = lines_of(path)
    if lines and _SCAN.fullmatch(lines[0].strip()):
        return _together(path, _scan(path, lines))
    if inflections and lines and lines[0].count("\t") == 2:
        return _together(path, _inflections(path, lines))
    return _together(path, _columns(path, lines))


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
    sides = [[line.strip() for line in lines_of(path)] for path in (source, target)]
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


def _together(path: Path, rows: Iterable[Sequence[str]]) -> Instances:
    """Rows of a source and, in all or in none, a target, each source once with its references."""
    known: dict[str, list[str]] = {}
    solved = False
    for source, *targets in rows:
        solved = bool(targets)
        references = known.setdefault(source, [])
        references.extend(target for target in targets if target not in references)
    if not known:
        raise InputError(f"{path} holds no text; {ACCEPTED}")
    solutions = list(known.values()) if solved else None
    return Instances(list(known), solutions, source=str(path))


def _columns(path: Path, lines: Sequence[str]) -> Iterable[list[str]]:
    """`source<TAB>target` lines, or sources alone; empty lines are passed over."""
    columns: int | None = None
    for number, line in enumerate(lines, 1):
        fields = [field.strip() for field in line.split("\t")]
        if fields == [""]:
            continue
        if len(fields) > 2 or (columns and len(fields) != columns):
            raise InputError(f"{path} line {number} has {len(fields)} columns; {ACCEPTED}")
        if "" in fields:
            side = "source" if not fields[0] else "target"
            raise InputError(f"{path} line {number} has an empty {side}; {ACCEPTED}")
        columns = len(fields)
        yield fields


def _scan(path: Path, lines: Sequence[str]) -> Iterable[Pair]:
    """Lines of SCAN (Lake & Baroni 2018)."""
    for number, line in enumerate(lines, 1):
        match = _SCAN.fullmatch(line.strip())
        if match is None or not all(match.groups()):
            raise InputError(f"{path} line {number} is not 'IN: source OUT: target' as others are")
        yield match[1], match[2]


def _inflections(path: Path, lines: Sequence[str]) -> Iterable[Pair]:
    """Lemma, form and features: `walk`, `walked`, `V;PST` is read `walk<V><PST>`, `walked`."""
    for number, line in enumerate(lines, 1):
        fields = [field.strip() for field in line.split("\t")]
        if fields == [""]:
            continue
        if len(fields) != 3 or "" in fields:
            raise InputError(f"{path} line {number} is not of three columns; {_INFLECTION}")
        lemma, form, features = fields
        tags = "".join(f"<{feature}>" for feature in features.split(";") if feature)
        yield lemma + tags, form
