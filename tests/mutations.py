"""Mutations of bytes and words, and the odd values that they bring in."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

WORDS = (
    "nan", "inf", "-inf", "1e999", "-1e999", "1e-320", "1e308", "-1e308", "-1", "0", "-0.0", "1",
    "2", "²", "٣", "½", "1_0", "0x10", "1.5", "+", "-", ".", "", "9" * 20, "9" * 5000,
    "4294967296", "9223372036854775808", "\0", "\ufeff", "é", "\U0001f600", "\ud7ff", "null",
    "true", "[]", "{}", '"', "'", "a" * 3000, "9" * 5000 + "x", "(" * 5000, " " * 9000 + "x",
    "\n" * 9000, "~", "!!python/object:os.system", "&a", "*a", "<<:", "output", "-1 -1",
    "DIMENSION: 30000", "DIMENSION: 1000000000", "EDGE_WEIGHT_TYPE: EXPLICIT", "EOF",
    "EDGE_WEIGHT_FORMAT: FULL_MATRIX", "NODE_COORD_SECTION", "EDGE_WEIGHT_SECTION",
    "TOUR_SECTION", "TYPE: ATSP", "lat,lon", "x,y", "id,name,x,y", ";", ",", "\t", "\r\n", "\n\n",
    "  ", "---",
)  # fmt: skip
"""Words that readers of text may not expect."""

TYPES = (
    "|O", "|V0", "<U0", "<U1000000", "|S3", "<M8[s]", "<c16", "|b1", "<f2", "<f16", ">i8", "<u1",
)  # fmt: skip
NUMBERS = (0, 1, 2, 255, 256, 65535, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 1)
VALUES = (
    None, True, -1, 0, 1, 10**9, 10**30, 1e308, float("nan"), float("inf"), "", "x", "9" * 5000, [],
    {}, [[[[]]]], {"a": {"b": {}}}, [1, "x", None], "2020-01-01", 0.5, -8, 1_000_000,
)  # fmt: skip
"""What may stand anywhere in a document."""

Mutation = Callable[[bytes, random.Random], bytes]


def place(data: bytes, rng: random.Random) -> int:
    return rng.randrange(len(data) + 1)


def _span(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = place(data, rng)
    return start, min(len(data), start + rng.choice((1, 1, 2, 4, 8, 30, 200)))


def other_byte(data: bytes, rng: random.Random) -> bytes:
    if not data:
        return b"\0"
    at = rng.randrange(len(data))
    value = rng.choice((0, 1, 0x7F, 0x80, 0xFF, data[at] ^ (1 << rng.randrange(8))))
    return data[:at] + bytes([value]) + data[at + 1 :]


def _without_span(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def repeated_span(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + data[start:end] * rng.choice((1, 2, 50)) + data[end:]


def _random_bytes(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + rng.randbytes(rng.randint(0, 8)) + data[end:]


def other_number(data: bytes, rng: random.Random) -> bytes:
    """A number of 1 to 8 bytes in place of what stands there."""
    width, at = rng.choice((1, 2, 4, 8)), place(data, rng)
    number = rng.choice(NUMBERS) % 256**width
    return data[:at] + number.to_bytes(width, rng.choice(("little", "big"))) + data[at + width :]


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: place(data, rng)]


def spliced(data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: place(data, rng)] + other[place(other, rng) :]


def other_word(data: bytes, rng: random.Random) -> bytes:
    words = list(re.finditer(rb"[^\s,;:\[\]{}()\"']+", data))
    if not words:
        return _word(rng)
    start, end = rng.choice(words).span()
    return data[:start] + _word(rng) + data[end:]


def more_words(data: bytes, rng: random.Random) -> bytes:
    at = place(data, rng)
    return data[:at] + _word(rng) + rng.choice((b"", b" ", b",", b"\n")) + data[at:]


def _word(rng: random.Random) -> bytes:
    return rng.choice(WORDS).encode("utf-8", "surrogatepass")


def _other_lines(data: bytes, rng: random.Random) -> bytes:
    """Lines dropped, repeated, exchanged or replaced by a word."""
    lines = data.split(b"\n")
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    change = rng.randrange(4)
    if change == 0:
        del lines[first]
    elif change == 1:
        lines[first:first] = [lines[second]] * rng.choice((1, 3, 100))
    elif change == 2:
        lines[first], lines[second] = lines[second], lines[first]
    else:
        lines[first] = _word(rng)
    return b"\n".join(lines)


def _other_encoding(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-8-sig", "cp1252", "utf-7")), "replace")


BYTES: tuple[Mutation, ...] = (
    other_byte, other_byte, _without_span, repeated_span, _random_bytes, other_number, cut,
)  # fmt: skip
LINES: tuple[Mutation, ...] = (
    other_word, other_word, other_word, more_words, _other_lines, _other_lines, _other_encoding,
)  # fmt: skip
