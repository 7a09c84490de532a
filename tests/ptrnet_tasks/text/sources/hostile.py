"""Files as nobody means them: random bytes, odd codings, broken and unusual archives."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import warnings
import zipfile
from typing import Any

from hypothesis import strategies as st

PIECES = (
    "a", "B", "é", "e\u0301", "ß", "中", "\U0001f600", " ", "  ", "\t", "\n", "\r\n", "\r", "\x0b",
    "\x1c", "\x85", "\u2028", "\ufeff", "\0", "|||", ";;;", "##", " # ", "(2)", "(9999999999)",
    "IN: ", " OUT: ", "<V>", "V;PST", "AH0", "HH", "²", "٣", "1" * 5000, "x" * 20_000,
)  # fmt: skip
CODECS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "shift-jis")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
NAMES = ("a.txt", "b.tsv", "_about.txt", "folder/a.txt", "../a.txt", "a.bin", "é.txt", "a.txt/")


@st.composite
def texts(draw: Any) -> bytes:
    """Lines of what readers look for, in one coding or another."""
    text = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=30)))
    return text.encode(draw(st.sampled_from(CODECS)), "replace")


@st.composite
def archives(draw: Any) -> bytes:
    """A zip of some members."""
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # A name may stand twice.
        with zipfile.ZipFile(stream, "w") as archive:
            for name in draw(st.lists(st.sampled_from(NAMES), max_size=3)):
                # With a date of its own, an example would not be the same twice.
                member = zipfile.ZipInfo(name)
                method = draw(st.sampled_from(METHODS))
                archive.writestr(member, draw(st.binary(max_size=40) | texts()), method)
    return stream.getvalue()


def gzipped(content: bytes) -> bytes:
    """Packed by gzip, the same every time."""
    return gzip.compress(content, mtime=0)


def packed() -> st.SearchStrategy[bytes]:
    """Contents plain, packed once or twice, or by what is not read."""
    plain = st.binary(max_size=200) | texts()
    once = plain.map(gzipped) | archives()
    others = plain.map(bz2.compress) | plain.map(lzma.compress) | once.map(gzipped)
    return plain | once | others


@st.composite
def contents(draw: Any) -> bytes:
    """The same, some of them cut, prolonged or with other bytes in places."""
    content = bytearray(draw(packed()))
    for _ in range(draw(st.integers(0, 4))):
        if content:
            content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    kept = draw(st.none() | st.integers(0, len(content)))
    return bytes(content[:kept]) + draw(st.just(b"") | st.binary(max_size=20))
