"""Broken inputs made of whole ones, by a seed: in their bytes, their words and their structure."""

from __future__ import annotations

import gzip
import io
import json
import pickletools
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

WORDS = (
    "nan", "inf", "-inf", "1e999", "-1e999", "1e-320", "1e308", "-1e308", "-1", "0", "-0.0", "1",
    "2", "²", "٣", "½", "1_0", "0x10", "1.5", "+", "-", ".", "", "9" * 20, "9" * 5000, "4294967296",
    "9223372036854775808", "\0", "\ufeff", "é", "\U0001f600", "\ud7ff", "null", "true", "[]", "{}",
    '"', "'", "a" * 3000, "~", "!!python/object:os.system", "&a", "*a", "<<:", "output", "-1 -1",
    "DIMENSION: 30000", "DIMENSION: 1000000000", "EDGE_WEIGHT_TYPE: EXPLICIT", "EOF",
    "EDGE_WEIGHT_FORMAT: FULL_MATRIX", "NODE_COORD_SECTION", "EDGE_WEIGHT_SECTION", "TOUR_SECTION",
    "TYPE: ATSP", "lat,lon", "x,y", "id,name,x,y", ";", ",", "\t", "\r\n", "\n\n", "  ", "---",
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


def mutated(seeds: Sequence[bytes], seed: int) -> bytes:
    """One of the whole inputs with one to four mutations, the same for the same seed."""
    rng = random.Random(seed)
    data = rng.choice(seeds)
    for _ in range(rng.randint(1, 4)):
        fitting = [*STRUCTURES.get(_kind(data), ()), *BYTES, *([] if b"\0" in data else LINES)]
        data = rng.choice(fitting)(data, rng)
        if rng.random() < 0.05:
            data = _spliced(data, rng.choice(seeds), rng)
    return data[:200_000]


def _kind(data: bytes) -> str:
    starts = {b"PK\x03\x04": "zip", b"\x1f\x8b": "gzip", b"\x93NUMPY": "npy", b"\x89PNG": "png"}
    for start, kind in starts.items():
        if data.startswith(start):
            return kind
    if data[:1] == b"\x80" or data[:2] in (b"(l", b"]q"):
        return "pickle"
    if data[8:10] == b'{"':
        return "safetensors"
    return "json" if data[:1] in (b"{", b"[") else "text"


def _place(data: bytes, rng: random.Random) -> int:
    return rng.randrange(len(data) + 1)


def _span(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = _place(data, rng)
    return start, min(len(data), start + rng.choice((1, 1, 2, 4, 8, 30, 200)))


def _other_byte(data: bytes, rng: random.Random) -> bytes:
    if not data:
        return b"\0"
    at = rng.randrange(len(data))
    value = rng.choice((0, 1, 0x7F, 0x80, 0xFF, data[at] ^ (1 << rng.randrange(8))))
    return data[:at] + bytes([value]) + data[at + 1 :]


def _without_span(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def _repeated_span(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + data[start:end] * rng.choice((1, 2, 50)) + data[end:]


def _random_bytes(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + rng.randbytes(rng.randint(0, 8)) + data[end:]


def _other_number(data: bytes, rng: random.Random) -> bytes:
    """A number of 1 to 8 bytes in place of what stands there."""
    width, at = rng.choice((1, 2, 4, 8)), _place(data, rng)
    number = rng.choice(NUMBERS) % 256**width
    return data[:at] + number.to_bytes(width, rng.choice(("little", "big"))) + data[at + width :]


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: _place(data, rng)]


def _spliced(data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: _place(data, rng)] + other[_place(other, rng) :]


def _other_word(data: bytes, rng: random.Random) -> bytes:
    words = list(re.finditer(rb"[^\s,;:\[\]{}()\"']+", data))
    if not words:
        return _word(rng)
    start, end = rng.choice(words).span()
    return data[:start] + _word(rng) + data[end:]


def _more_words(data: bytes, rng: random.Random) -> bytes:
    at = _place(data, rng)
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


def _in_zip(data: bytes, rng: random.Random) -> bytes:
    """The archive with a mutation inside: its sizes and sums are right again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()[:20]}
    except Exception:
        return _other_byte(data, rng)
    if not members:
        return data
    name = rng.choice(list(members))
    change = rng.randrange(6)
    if change == 0:
        del members[name]
    elif change == 1:
        members[rng.choice(("a.txt", "points.npy", "sizes.npy", "solutions.npy", "values.npy"))] = (
            members[name]
        )
    else:
        members[name] = _in_npy(members[name], rng)
    method = rng.choice((0, 8, 8, 8, 12, 14))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return packed.getvalue()


def _in_npy(data: bytes, rng: random.Random) -> bytes:
    """An array with another header of the right length, or other numbers."""
    if len(data) < 10 or rng.random() < 0.3:
        return rng.choice(BYTES)(data, rng)
    (length,) = struct.unpack("<H", data[8:10])
    header, body = data[10 : 10 + length], data[10 + length :]
    change = rng.randrange(4)
    if change == 0:
        header = re.sub(rb"'descr': '[^']*'", f"'descr': '{rng.choice(TYPES)}'".encode(), header)
    elif change == 1:
        sides = [
            str(rng.choice((0, 1, 2, 3, 5, -1, 10**6, 10**12))) for _ in range(rng.randint(0, 4))
        ]
        shape = f"({', '.join(sides)}{',' if len(sides) == 1 else ''})"
        header = re.sub(rb"'shape': \([^)]*\)", f"'shape': {shape}".encode(), header)
    elif change == 2:
        header = rng.choice((_other_word, _more_words, _other_byte))(header, rng)
    else:
        body = rng.choice((_other_number, _cut, _repeated_span))(body, rng)
    return data[:8] + struct.pack("<H", len(header) % 65536) + header + body


def _in_gzip(data: bytes, rng: random.Random) -> bytes:
    try:
        inside = gzip.decompress(data)
    except Exception:
        return _other_byte(data, rng)
    return gzip.compress(rng.choice((*BYTES, *LINES))(inside, rng), mtime=0)


def _in_pickle(data: bytes, rng: random.Random) -> bytes:
    """A pickle with one more instruction, most of them with an odd argument."""
    try:
        places = [at for _, _, at in pickletools.genops(data)][1:]
    except Exception:
        places = []
    at = rng.choice(places) if places else _place(data, rng)
    code = rng.choice(pickletools.opcodes).code.encode("latin-1")
    argument = rng.choice(
        (b"", b"\xff\xff\xff\x7f", struct.pack("<Q", 2**40), b"\x01", b"\x00", b"I1\n", b"99999\n",
         b"numpy\ndtype\n", b"S'f8'\n")
    )  # fmt: skip
    return data[:at] + code + argument + data[at:]


def _in_png(data: bytes, rng: random.Random) -> bytes:
    """A picture with another chunk whose sum is right."""
    chunks, at = [], 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    if not chunks:
        return _other_byte(data, rng)
    index = rng.randrange(len(chunks))
    kind, content = chunks[index]
    if rng.random() < 0.2:
        kind = rng.choice((b"tEXt", b"iCCP", b"PLTE", b"tRNS", b"zTXt", b"acTL", b"IDAT", b"IEND"))
    chunks[index] = (kind, rng.choice((_other_number, _other_byte, _cut))(content, rng))
    parts = [data[:8]]
    for name, body in chunks:
        parts += [
            struct.pack(">I", len(body)),
            name,
            body,
            struct.pack(">I", zlib.crc32(name + body)),
        ]
    return b"".join(parts)


def _in_json(data: bytes, rng: random.Random) -> bytes:
    """A document with another value, another key or one key less, anywhere in it."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return _other_word(data, rng)
    holder, key = {"": document}, ""
    while isinstance(holder[key], dict | list) and holder[key] and rng.random() < 0.8:
        holder = holder[key]  # type: ignore[assignment]
        key = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))  # type: ignore[assignment]
    change = rng.randrange(5)
    if change == 0 and key != "":
        del holder[key]
    elif change == 1 and isinstance(holder, dict):
        holder[rng.choice(("unknown", "", "0", "__class__", "width"))] = rng.choice(VALUES)
    elif change == 2:
        holder[key] = {"again": holder[key]} if rng.random() < 0.5 else [holder[key]]
    else:
        holder[key] = rng.choice(VALUES)
    root = document if key != "" or holder.get("") is document else holder[""]
    return json.dumps(root).encode()


def _in_safetensors(data: bytes, rng: random.Random) -> bytes:
    """Weights under another header of the right length."""
    (length,) = struct.unpack("<Q", data[:8])
    header = data[8 : 8 + length]
    try:
        document = json.loads(header)
        inner = document["__metadata__"]
        name = rng.choice(list(inner))
        inner[name] = _in_json(inner[name].encode(), rng).decode()
        changed = json.dumps(document).encode()
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        changed = _in_json(header, rng)
    if rng.random() < 0.3:
        changed = _in_json(header, rng)
    return struct.pack("<Q", len(changed)) + changed + data[8 + length :]


BYTES: tuple[Mutation, ...] = (
    _other_byte, _other_byte, _without_span, _repeated_span, _random_bytes, _other_number, _cut,
)  # fmt: skip
LINES: tuple[Mutation, ...] = (
    _other_word, _other_word, _other_word, _more_words, _other_lines, _other_lines, _other_encoding,
)  # fmt: skip
STRUCTURES: dict[str, tuple[Mutation, ...]] = {
    "zip": (_in_zip,) * 9,
    "gzip": (_in_gzip,) * 9,
    "npy": (_in_npy,) * 9,
    "pickle": (_in_pickle,) * 5,
    "png": (_in_png,) * 9,
    "json": (_in_json,) * 9,
    "safetensors": (_in_safetensors,) * 9,
}
"""Mutations that keep what would end the reading early: lengths, sums and packing."""
