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
from collections.abc import Sequence

from tests.mutations import (
    BYTES,
    LINES,
    TYPES,
    VALUES,
    Mutation,
    cut,
    more_words,
    other_byte,
    other_number,
    other_word,
    place,
    repeated_span,
    spliced,
)


def mutated(seeds: Sequence[bytes], seed: int) -> bytes:
    """One of the whole inputs with one to four mutations, the same for the same seed."""
    rng = random.Random(seed)
    data = rng.choice(seeds)
    for _ in range(rng.randint(1, 4)):
        fitting = [*STRUCTURES.get(_kind(data), ()), *BYTES, *([] if b"\0" in data else LINES)]
        data = rng.choice(fitting)(data, rng)
        if rng.random() < 0.05:
            data = spliced(data, rng.choice(seeds), rng)
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


def _in_zip(data: bytes, rng: random.Random) -> bytes:
    """The archive with a mutation inside: its sizes and sums are right again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()[:20]}
    except Exception:
        return other_byte(data, rng)
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
    return zipped(members, method)


def zipped(members: dict[str, bytes], method: int) -> bytes:
    """An archive of members by name, without the time of day, which would make each one new."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member, content in members.items():
            archive.writestr(zipfile.ZipInfo(member), content, method)
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
        header = rng.choice((other_word, more_words, other_byte))(header, rng)
    else:
        body = rng.choice((other_number, cut, repeated_span))(body, rng)
    return data[:8] + struct.pack("<H", len(header) % 65536) + header + body


def _in_gzip(data: bytes, rng: random.Random) -> bytes:
    try:
        inside = gzip.decompress(data)
    except Exception:
        return other_byte(data, rng)
    return gzip.compress(rng.choice((*BYTES, *LINES))(inside, rng), mtime=0)


def _in_pickle(data: bytes, rng: random.Random) -> bytes:
    """A pickle with one more instruction, most of them with an odd argument."""
    try:
        places = [at for _, _, at in pickletools.genops(data)][1:]
    except Exception:
        places = []
    at = rng.choice(places) if places else place(data, rng)
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
        return other_byte(data, rng)
    index = rng.randrange(len(chunks))
    kind, content = chunks[index]
    if rng.random() < 0.2:
        kind = rng.choice((b"tEXt", b"iCCP", b"PLTE", b"tRNS", b"zTXt", b"acTL", b"IDAT", b"IEND"))
    chunks[index] = (kind, rng.choice((other_number, other_byte, cut))(content, rng))
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
        return other_word(data, rng)
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
