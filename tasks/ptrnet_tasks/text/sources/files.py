"""Files of text: plain or packed, read line by line, written pair by pair."""

from __future__ import annotations

import gzip
import os
import zipfile
import zlib
from pathlib import Path

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

ACCEPTED = (
    "accepted are lines of 'source<TAB>target', a source alone on every line, SCAN's "
    "'IN: source OUT: target', and SOURCE_FILE+TARGET_FILE line by line, plain, .gz or in a .zip"
)
_GZIP = b"\x1f\x8b"


def lines_of(path: Path) -> list[str]:
    """Lines of a UTF-8 file, unpacked from gzip where it is packed, without their ends.

    Raises InputError for a file that cannot be read or is no text.
    """
    return _lines(path, _bytes(path))


def packed_lines(path: Path) -> list[str] | None:
    """Lines of the one text in a zip archive; None for a file that is no archive.

    Raises InputError for an archive without a text or with several.
    """
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if _is_data(name)]
            if len(names) == 1:
                return _lines(path, archive.read(names[0]))
    except (zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise InputError(f"{path} cannot be unpacked: {error}; accepted is a whole zip") from error
    raise InputError(f"{path} holds {len(names)} text files; accepted is a zip with one .txt")


def _is_data(name: str) -> bool:
    """Whether an archive's member is its text, not a note about it (`_about.txt`)."""
    path = Path(name)
    return path.suffix in (".txt", ".tsv") and not any(part.startswith("_") for part in path.parts)


def _bytes(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(_GZIP) else content
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path} cannot be unpacked: {error}; accepted is whole gzip") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; {ACCEPTED}") from None


def _lines(path: Path, content: bytes) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start}); {ACCEPTED}") from None
    if "\0" in text:
        raise InputError(f"{path} is not text but binary; {ACCEPTED}")
    lines = [line.rstrip("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


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
