"""What a file of points holds, told by its first bytes, packed by gzip or not."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, final

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.limits import check_file, check_memory, read_bytes, unpack_gzip
from ptrnet_tasks.points.columns import columns_by_name, number

_GZIP = b"\x1f\x8b"
_NPY = b"\x93NUMPY"
_ZIP = b"PK\x03\x04"
_HEAD = 2**16
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

BETWEEN = re.compile(r"\s*[,;\t]\s*|\s+")
"""What may stand between the values of a line."""


@final
@dataclass(frozen=True)
class Content:
    """A file's bytes and the name that they have unpacked.

    name: the file's, without `.gz` where it is packed. head: the first 64 KiB. unpacked: all
    bytes of a packed file, else None: those are read when they are asked for.
    """

    path: Path
    name: Path
    head: bytes
    unpacked: bytes | None

    @property
    def suffix(self) -> str:
        """The suffix in lower case, without `.gz`."""
        return self.name.suffix.lower()

    def parsed_text(self) -> str:
        """All text, where memory can hold it as texts and numbers of Python; raises InputError."""
        text = self.text()
        # Of a few letters each, they take about this many times as much.
        check_memory(15 * len(text), f"reading {self.path}")
        return text

    def data(self) -> bytes:
        """All bytes; raises InputError for a file that is too large."""
        return read_bytes(self.path) if self.unpacked is None else self.unpacked

    def text(self, holds: str = "points") -> str:
        """All text, UTF-8 or UTF-16 as its first bytes say; raises InputError for other bytes."""
        try:
            return self.data().decode(self._encoding())
        except UnicodeDecodeError as error:
            raise InputError(
                f"{self.path} is not a text file of {holds}: {error}; accepted are UTF-8 and UTF-16"
            ) from error

    def stream(self) -> TextIO:
        """Its lines one after the other, so that a file of a million lines stays cheap."""
        if self.unpacked is None:
            return self.path.open(encoding=self._encoding())
        return io.TextIOWrapper(io.BytesIO(self.unpacked), encoding=self._encoding())

    def first_line(self) -> str:
        """The first line that is not blank, as far as the head shows it; empty if there is none."""
        lines = map(str.strip, self.beginning().splitlines())
        return next((line for line in lines if line), "")

    def beginning(self) -> str:
        """The head as text, whatever it is."""
        return self.head.decode(self._encoding(), errors="replace")

    def is_text(self) -> bool:
        """Whether no byte says that it is something else."""
        return b"\0" not in self.head or self.head.startswith(_WIDE)

    def _encoding(self) -> str:
        return "utf-16" if self.head.startswith(_WIDE) else "utf-8-sig"


def read_content(path: Path) -> Content:
    """A file's content, unpacked if gzip packed it; raises InputError for none and an empty one."""
    if check_file(path) == 0:
        raise InputError(f"{path} is empty; it must hold at least one instance")
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if not head.startswith(_GZIP):
        return Content(path, path, head, None)
    unpacked = unpack_gzip(read_bytes(path), str(path))
    if not unpacked:
        raise InputError(f"{path} is empty; it must hold at least one instance")
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return Content(path, name, unpacked[:_HEAD], unpacked)


def kind_of(content: Content) -> str:
    """`npz`, `npy`, `pickle`, `json`, `table`, `lines` (the Pointer Networks paper's), or `other`.

    What the content says decides; the suffix does where the content may be several things.
    """
    if content.suffix == ".npz" or _is_archive(content):
        return "npz"
    if content.suffix in (".pkl", ".pickle") or re.match(rb"\x80[\x02-\x05]", content.head):
        return "pickle"
    if content.suffix == ".npy" or content.head.startswith(_NPY):
        return "npy"
    if not content.is_text():
        return "other"
    line = content.first_line()
    if content.suffix in (".json", ".geojson") or line.startswith(("{", "[")):
        return "json"
    if content.suffix in (".csv", ".tsv") or _is_table(line):
        return "table"
    # A coordinate that is no finite number is still one that is named with its line.
    return "lines" if not line or re.match(r"[+-]?(?:[0-9.]|nan|inf)", line) else "other"


def _is_archive(content: Content) -> bool:
    """Whether it is a zip file of arrays, and not one of documents."""
    if not content.head.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content.data())) as archive:
            return all(name.endswith(".npy") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _is_table(line: str) -> bool:
    """Whether a first line is a table's: separators, names of columns, a name or a 1 before x y.

    The paper's lines have numbers alone, an even count of them, and perhaps the word `output`.
    """
    words = BETWEEN.split(line)
    if "output" in words:
        return False
    if re.search(r"[,;\t\"]", line):
        return True
    count = sum(number(word) is not None for word in words)
    if count == 0:
        return columns_by_name(words).complete
    return count == len(words) - 1 >= 2 or (count == 3 == len(words) and words[0] == "1")
