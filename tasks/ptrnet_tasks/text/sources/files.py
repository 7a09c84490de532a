"""Files of text: plain or packed, read line by line, written pair by pair."""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import NamedTuple, final

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.limits import (
    UNPACKED,
    check_memory,
    in_bytes,
    read_at_most,
    read_bytes,
    unpack_gzip,
)
from ptrnet_tasks.text.spelling import composed

ACCEPTED = (
    "accepted are lines of 'source<TAB>target', a source alone on every line, SCAN's "
    "'IN: source OUT: target', and SOURCE_FILE+TARGET_FILE line by line, plain, .gz or in a .zip"
)
_GZIP = b"\x1f\x8b"
_ARCHIVE_FAULTS = (
    zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, OSError,
    ValueError, OverflowError,
)  # fmt: skip
"""What reading a broken, encrypted or unusual archive may raise."""

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""Characters that no text of latin-1 holds."""

PER_BYTE, PER_LINE = 6, 200
"""Bytes of memory that reading takes for each byte, as text and as a line, and for each line."""

MOST_LINES = 5_000_000
"""Lines of a file that is held in memory: blank ones, too, are instances."""

RATIO = 20
"""How many times its size packed text may unpack to beyond `UNPACKED`; it shrinks to a fifth."""


@final
class Lines(NamedTuple):
    """The lines of a file without their ends, in normal form C; a note where one is due."""

    lines: list[str]
    note: str = ""


def lines_of(path: Path, latin: bool = False) -> Lines:
    """Lines of a file, unpacked from gzip where it is packed.

    It is UTF-8, or UTF-16 where its first bytes say so; with `latin`, what is neither is latin-1.
    Raises InputError for a file that cannot be read or is no text.
    """
    content = read_bytes(path)
    if content.startswith(_GZIP):
        content = unpack_gzip(content, str(path), _most_unpacked(len(content)))
    return _lines(path, content, latin)


def packed_lines(path: Path, latin: bool = False) -> Lines | None:
    """Lines of the one text in a zip archive; None for a file that is no archive.

    Raises InputError for an archive without a text or with several.
    """
    try:
        if not zipfile.is_zipfile(path):
            return None
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if _is_data(name)]
            if len(names) == 1:
                return _lines(path, _member(archive, names[0], path), latin)
    except InputError:
        raise
    except _ARCHIVE_FAULTS as error:
        raise InputError(f"{path} cannot be unpacked: {error}; accepted is a whole zip") from error
    raise InputError(f"{path} holds {len(names)} text files; accepted is a zip with one .txt")


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """A member's bytes, no more of them than packed text may hold."""
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # The others' unpacking cannot be stopped at a size.
        raise InputError(f"{path} is packed by another method; accepted are deflated and stored")
    most = _most_unpacked(path.stat().st_size)
    with archive.open(name) as stream:
        content = read_at_most(stream.read, most)
    if len(content) > most:
        raise InputError(f"{path} unpacks to more than {in_bytes(most)}, which is not read")
    return content


def _most_unpacked(packed: int) -> int:
    return max(UNPACKED, RATIO * packed)


def _is_data(name: str) -> bool:
    """Whether an archive's member is its text, not a note about it (`_about.txt`)."""
    path = Path(name)
    return path.suffix in (".txt", ".tsv") and not any(part.startswith("_") for part in path.parts)


def _lines(path: Path, content: bytes, latin: bool) -> Lines:
    count = content.count(b"\n")
    if count > MOST_LINES:
        raise InputError(
            f"{path} has {count:,} lines; accepted are {MOST_LINES:,}, and in training any number "
            f"after stream:"
        )
    check_memory(PER_BYTE * len(content) + PER_LINE * count, f"reading the text of {path}")
    text, note = _decoded(path, content, latin)
    if "\0" in text:
        raise InputError(f"{path} is not text but binary; {ACCEPTED}")
    lines = [composed(line.rstrip("\r")) for line in text.split("\n")]
    return Lines(lines[:-1] if lines[-1] == "" else lines, note)


def _decoded(path: Path, content: bytes, latin: bool) -> tuple[str, str]:
    """The text, and a note on its coding where that is a guess."""
    coding = "utf-16" if content.startswith((BOM_UTF16_BE, BOM_UTF16_LE)) else "utf-8-sig"
    try:
        return content.decode(coding), ""
    except UnicodeDecodeError as error:
        text = content.decode("latin-1")
        if latin and coding != "utf-16" and _is_latin(text):
            return text, f"{path} is read as latin-1, as its byte {error.start} is no UTF-8"
        name = coding.removesuffix("-sig").upper()
        raise InputError(f"{path} is not {name} text (byte {error.start}); {ACCEPTED}") from None
    except UnicodeError as error:
        raise InputError(f"{path} is not UTF-16 text ({error}); {ACCEPTED}") from None


def _is_latin(text: str) -> bool:
    """Whether these are letters with some accented ones among them, not bytes of any kind."""
    return not _CONTROLS.search(text) and sum(map(str.isascii, text)) > len(text) / 2


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
        raise InputError(
            f"cannot write {path}: {error.strerror}; accepted is a writable place"
        ) from None
