"""Limits before memory: which files are read, how far they unpack, and what is too much to hold."""

from __future__ import annotations

import gzip
import io
import re
import stat
import zlib
from collections.abc import Callable
from pathlib import Path

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.memory import available_memory

LARGEST_FILE = 2**32
"""Bytes of a file that is read at once."""

UNPACKED, RATIO = 2**28, 100
"""Packed data may unpack to 256 MiB, and beyond to 100 times its size: numbers and texts shrink
to a third or a tenth, only what is made to fill memory shrinks to a thousandth."""

_PIECE = 2**20

SHARE = 0.5
"""How much of the available memory one request may take."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def check_file(path: Path, accepted: str = "accepted is a regular file") -> int:
    """Bytes of a regular file; raises InputError for a folder, a device, a pipe and what is not.

    A device such as `/dev/zero` never ends, and opening a pipe that nobody writes to never returns.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        # A path may hold what no name of a file can, a NUL byte, which is a ValueError.
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{path} cannot be read: {reason}; {accepted}") from error
    if not stat.S_ISREG(status.st_mode):
        kind = next((word for test, word in _KINDS if test(status.st_mode)), "a device")
        raise InputError(f"{path} is not a file but {kind}; {accepted}")
    return status.st_size


_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))


def read_bytes(path: Path, limit: int = LARGEST_FILE) -> bytes:
    """A regular file's bytes; raises InputError for more than `limit` and what is no such file."""
    too_large = f"{path} is larger than {in_bytes(limit)}, the most that is read at once"
    size = check_file(path)
    if size > limit:
        raise InputError(too_large)
    check_memory(size, f"reading {path}")
    try:
        with path.open("rb") as stream:
            # Files of /proc say that they hold nothing, and a file may grow while it is read.
            data = read_at_most(stream.read, limit)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise InputError(too_large)
    return data


def read_text(path: Path, holds: str, limit: int = LARGEST_FILE) -> str:
    """A regular file's text, UTF-8 with or without a mark; raises InputError as `read_bytes`.

    holds: what the text is of, for the message about bytes that are none: `points`.
    """
    try:
        return read_bytes(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not a text file of {holds}: {error}") from error


def largest_unpacked(packed: int) -> int:
    """The most bytes that `packed` bytes may unpack to."""
    return min(LARGEST_FILE, max(UNPACKED, RATIO * packed))


def unpack_gzip(data: bytes, title: str, limit: int | None = None) -> bytes:
    """What gzip packed, in one part or several; raises InputError beyond `limit` bytes.

    title: what the message calls the data, mostly its path. Without a limit `largest_unpacked`.
    """
    most = largest_unpacked(len(data)) if limit is None else limit
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            unpacked = read_at_most(stream.read, most)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{title} is not whole gzip data: {error}") from error
    if len(unpacked) > most:
        raise InputError(f"{title} unpacks to more than {in_bytes(most)}, which is not read")
    return unpacked


def read_at_most(read: Callable[[int], bytes], limit: int) -> bytes:
    """All bytes that a stream's `read` gives; where they are more than `limit`, enough to tell."""
    parts, size = [], 0
    # Asked for many bytes at once, a stream reserves room for all of them.
    while size <= limit and (part := read(_PIECE)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def check_memory(
    needed: float, title: str, share: float = SHARE, available: float | None = None
) -> None:
    """Raises InputError where `needed` bytes are more than a share of the available memory.

    title: what needs them, as the subject of a sentence in the singular. available: bytes, where
    they are not the machine's own.
    """
    there = available_memory() if available is None else available
    if needed > share * there:
        raise InputError(
            f"{title} needs about {in_bytes(needed)} of memory, and {in_bytes(there)} are "
            f"available, of which {share:.0%} may be taken at once"
        )


def check_count(needed: int, title: str, held: int | None = None) -> None:
    """Raises InputError for numbers that memory cannot hold, or of which a file has not as many.

    needed: how many; held: how many the file has, where that is known. Call it before an array is
    made. title: what is made of them, as the subject of a sentence in the singular.
    """
    if held is not None and held != needed:
        raise InputError(f"{title} needs {needed:,} numbers; there are {held:,}")
    check_memory(8.0 * needed, title)


def whole_number(text: str) -> int:
    """The integer that ASCII digits say; raises ValueError, as for other scripts' and too many.

    `int` also takes `1_000` and digits of other scripts, `str.isdigit` takes a superscript two,
    and more than 18 digits fit no array of numbers.
    """
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"{excerpt(text)} is not an integer of at most 18 digits")
    return int(text)


def real_number(text: str) -> float:
    """The number that plain decimals say, such as `-1.5e-3`; NaN and infinite ones, too.

    `float` also takes `1_000` and digits of other scripts: raises ValueError for these, and in few
    words for what is no number.
    """
    try:
        if text.isascii() and "_" not in text:
            return float(text)
    except ValueError:
        pass
    raise ValueError(f"{excerpt(text)} is not a number")


def excerpt(text: str, length: int = 40) -> str:
    """Text in quotation marks for a message, cut where it is long."""
    return repr(text) if len(text) <= length else f"{text[:length]!r}..."


def in_bytes(size: float) -> str:
    """A number of bytes for people: `1.5 GB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.0f} TB"
