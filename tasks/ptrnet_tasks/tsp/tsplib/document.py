"""The lines of a TSPLIB 95 file: header entries and sections of numbers, as they are found."""

from __future__ import annotations

import re
from array import array
from typing import NoReturn, final

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.limits import excerpt
from ptrnet_tasks.points.content import Content

_KEYS = (
    "NAME", "TYPE", "COMMENT", "DIMENSION", "CAPACITY", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT",
    "EDGE_DATA_FORMAT", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE",
)  # fmt: skip
_ENTRY = re.compile(r"([A-Za-z_]+)\s*:\s*(.*)")
_BARE_ENTRY = re.compile(rf"({'|'.join(_KEYS)})\s+(.+)", re.IGNORECASE)
_SECTION = re.compile(r"([A-Za-z_]+_SECTION)\b\s*:?\s*(.*)", re.IGNORECASE)
_FIRST_LINE = re.compile(rf"(?:{'|'.join(_KEYS)})\s*:|[A-Z_]+_SECTION\b", re.IGNORECASE)
_WITHIN = re.compile(
    r"^[ \t]*(?:EDGE_WEIGHT_TYPE|(?:NODE_COORD|EDGE_WEIGHT|DISPLAY_DATA|TOUR)_SECTION)\b",
    re.IGNORECASE | re.MULTILINE,
)
SUFFIXES = (".tsp", ".atsp")


def is_tsplib(content: Content) -> bool:
    """Whether it is a TSPLIB file by its first lines, or else by its suffix if it is text."""
    if not content.is_text():
        return False
    line = content.first_line()
    if line.startswith(("{", "[")):
        return False
    told = _FIRST_LINE.match(line) or _WITHIN.search(content.beginning())
    return bool(told) or content.suffix in SUFFIXES


@final
class Document:
    """Header entries and sections of one file.

    header: values by their keys in upper case. sections: numbers by the sections' names in upper
    case. Keys may stand in any case, with or without a colon; lines that begin with `#` are
    comments; a missing EOF is no fault.
    """

    def __init__(self, content: Content) -> None:
        self.path = content.path
        self.header: dict[str, str] = {}
        self.comments: list[str] = []
        self.sections: dict[str, array[float]] = {}
        self._read(_decoded(content))

    def fail(self, problem: str) -> NoReturn:
        """Raises InputError that begins with the file's name."""
        raise InputError(f"{self.path} {problem}")

    def upper(self, key: str, default: str = "") -> str:
        """The first word of a header entry, in upper case."""
        words = self.header.get(key, default).upper().split()
        return words[0] if words else ""

    def numbers(self, section: str, expected: int) -> np.ndarray:
        """The section's numbers, without the -1 that may stand behind all that are expected."""
        values = self.sections[section]
        if len(values) == expected + 1 and values[-1] == -1:
            values = values[:-1]
        return np.array(values, float)

    def _read(self, text: str) -> None:
        section, name = None, ""
        for number, line in enumerate(text.splitlines(), 1):
            words = line.strip()
            if not words or words.startswith("#"):
                continue
            if words.upper() in ("EOF", "EOF:"):
                break
            begun, entry = _SECTION.fullmatch(words), _ENTRY.fullmatch(words)
            if entry is None and section is None and begun is None:
                entry = _BARE_ENTRY.fullmatch(words)
            if begun is not None and ":" not in begun[2]:
                name, words = begun[1].upper(), begun[2]
                section = self.sections.setdefault(name, array("d"))
            elif entry is not None:
                self._enter(entry[1].upper(), entry[2].strip())
                section = None
                continue
            if section is None:
                self.fail(
                    f"has the line {number}, {excerpt(words)}, which is neither 'KEY: value' nor a "
                    "section"
                )
            try:
                section.extend(map(_number, words.split()))
            except ValueError:
                self.fail(f"has a value in {name} that is not a number: line {number}, "
                          f"{excerpt(words)}")  # fmt: skip

    def _enter(self, key: str, value: str) -> None:
        if key == "COMMENT":
            self.comments.append(value)
        self.header[key] = value


def _number(word: str) -> float:
    if "_" in word:
        raise ValueError(word)
    return float(word)


def _decoded(content: Content) -> str:
    try:
        return content.text()
    except InputError:
        # Older files name places in Latin-1; in it every byte is a letter.
        return content.data().decode("latin-1")
