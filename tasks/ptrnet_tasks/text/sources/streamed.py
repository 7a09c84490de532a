"""Pairs that stay in their files: a line is read when a batch asks for it."""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.limits import check_file
from ptrnet_tasks.text.sources.pairs import aligned_files
from ptrnet_tasks.text.spelling import composed

ACCEPTED = (
    "accepted after stream: are plain UTF-8 files, SOURCE_FILE+TARGET_FILE or lines of "
    "'source<TAB>target', without blank lines"
)


@final
class Texts(Sequence[str]):
    """The lines of a file, or one column of them, by their number; 8 bytes of memory a line."""

    def __init__(self, path: Path, starts: np.ndarray, column: int | None = None) -> None:
        self.path, self.starts, self.column = path, starts, column
        with path.open("rb") as file:
            self.content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return [self[index] for index in range(*key.indices(len(self)))]
        if not 0 <= key < len(self):
            raise IndexError(key)
        start, end = self.starts[key], self.starts[key + 1]
        line = _text(self.content[start:end], start)
        return (line if self.column is None else line.split("\t")[self.column]).strip()


@final
class References(Sequence[list[str]]):
    """The one reference of each line."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, key: Any) -> Any:
        targets = self.texts[key]
        return [[text] for text in targets] if isinstance(key, slice) else [targets]


def streamed_pairs(path: Path) -> Instances:
    """Pairs of `FILE` or `SOURCE_FILE+TARGET_FILE` that are not held in memory.

    The files are read through once, to find where lines begin and how long they are. Every line is
    an instance of its own. Raises InputError for a packed file, a blank line, another number of
    columns and unequal counts.
    """
    files = aligned_files(path)
    if files is None:
        starts, sizes = _index(path, columns=2)
        source, target = Texts(path, starts, 0), Texts(path, starts, 1)
    else:
        (starts, sizes), (others, _) = (_index(file, columns=1) for file in files)
        if len(starts) != len(others):
            counts = f"{files[0]} has {len(starts) - 1:,} lines and {files[1]} {len(others) - 1:,}"
            raise InputError(f"{counts}; accepted are files with a line for each other's")
        source, target = Texts(files[0], starts), Texts(files[1], others)
    return Instances(source, References(target), columns={"sizes": sizes}, source=f"stream:{path}")


def _index(path: Path, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Where lines begin, `(lines + 1,)`, and how many characters their sources have, `(lines,)`."""
    starts, sizes = array("q", [0]), array("i")
    for number, (end, line) in enumerate(_lines(path), 1):
        fields = [field.strip() for field in (line.split("\t") if columns > 1 else [line])]
        if len(fields) != columns or "" in fields:
            problem = "blank" if not line.strip() else f"not of {columns} columns with text in each"
            raise InputError(f"{path} line {number} is {problem}; {ACCEPTED}")
        starts.append(end)
        sizes.append(len(fields[0]))
    if not sizes:
        raise InputError(f"{path} holds no text; {ACCEPTED}")
    return np.frombuffer(starts, np.int64), np.frombuffer(sizes, np.int32)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The byte after each line, and the line."""
    end = 0
    check_file(path, ACCEPTED)
    try:
        with path.open("rb") as file:
            for line in file:
                text = _text(line, end)
                if "\0" in text:
                    raise InputError(f"{path} is not text but binary; {ACCEPTED}")
                end += len(line)
                yield end, text
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; {ACCEPTED}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text after byte {end}; {ACCEPTED}") from None


def _text(line: bytes, start: int) -> str:
    """A line in normal form C, without the mark that a file may begin with."""
    return composed(line.decode("utf-8" if start else "utf-8-sig"))
