"""Arrays in files, `.npz` and `.npy`, read without trust in what they hold.

Sizes are counted before memory is taken, both those that an archive declares and those that come
out of it, and what numpy's own reader takes beyond plain numbers and texts is refused: objects,
records, arrays that are none, types without width.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.limits import (
    check_file,
    check_memory,
    excerpt,
    in_bytes,
    largest_unpacked,
    read_bytes,
)

KINDS = "biufU"
"""What an array may hold, in numpy's letters: truth values, integers, real numbers and texts."""

_MEMBERS = 1000
_EMPTY_ROWS = 1_000_000
"""An array without numbers may claim any shape, and rows of nothing take time, too."""

_LONGEST_HEADER = 10_000
_PIECE = 2**20
_SUFFIX = ".npy"


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays by name; raises InputError for any other file, and for arrays of objects."""
    packed = check_file(path, "accepted is an .npz of arrays with names")
    try:
        with path.open("rb") as stream:
            if stream.read(len(np.lib.format.MAGIC_PREFIX)) == np.lib.format.MAGIC_PREFIX:
                raise InputError(f"{path} is a lone array (.npy), not an .npz of arrays with names")
            with zipfile.ZipFile(stream) as archive:
                return _members(archive, largest_unpacked(packed), str(path))
    except InputError:
        raise
    # Archives raise many: BadZipFile, zlib's, NotImplementedError for a version, RuntimeError for a
    # password, EOFError where they are cut, OverflowError and struct.error for odd numbers.
    except Exception as error:
        raise InputError(f"{path} is not an .npz of plain numbers: {_said(error)}") from error


def read_npy(path: Path) -> np.ndarray:
    """One array; raises InputError for any other file, and for an array of objects."""
    return array_of(read_bytes(path), path)


def array_of(data: bytes, path: Path) -> np.ndarray:
    """One array in the bytes of an `.npy`, however they were packed; raises as `read_npy`."""
    title = f"{path} is not an .npy of plain numbers"
    return _array(io.BytesIO(data).read, len(data), title)


def _members(archive: zipfile.ZipFile, most: int, path: str) -> dict[str, np.ndarray]:
    """The archive's arrays; `most` bytes together."""
    members = archive.infolist()
    title = f"{path} is not an .npz of plain numbers"
    if len(members) > _MEMBERS:
        raise InputError(f"{title}: it has {len(members)} members, more than {_MEMBERS}")
    size = sum(member.file_size for member in members)
    if size > most:
        raise InputError(
            f"{title}: its members unpack to {in_bytes(size)}, more than {in_bytes(most)}"
        )
    check_memory(size, f"reading {path}")
    arrays = {}
    for member in members:
        if not member.filename.endswith(_SUFFIX):
            raise InputError(f"{title}: its member {excerpt(member.filename)} is no array")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"{title}: accepted are members that are stored or deflated")
        name = member.filename.removesuffix(_SUFFIX)
        with archive.open(member) as stream:
            arrays[name] = _array(stream.read, member.file_size, f"{title}: {excerpt(name)}")
    return arrays


def _array(read: Callable[[int], bytes], size: int, title: str) -> np.ndarray:
    """The array in `size` bytes that `read` gives; raises InputError beginning with `title`."""
    shape, column_first, dtype, header = _header(read, title)
    if dtype.kind not in KINDS or dtype.shape or not dtype.itemsize:
        raise InputError(f"{title} holds {excerpt(str(dtype))}; accepted are numbers and texts")
    if min(shape, default=0) < 0 or prod(max(1, side) for side in shape) > max(size, _EMPTY_ROWS):
        raise InputError(f"{title} claims the shape {_shape(shape)}, which it does not fill")
    needed = prod(shape) * dtype.itemsize
    if needed != size - header:
        raise InputError(
            f"{title} claims {dtype} of shape {_shape(shape)}, {in_bytes(needed)}, and holds "
            f"{in_bytes(max(0, size - header))}"
        )
    check_memory(needed, f"the array in {size} bytes")
    data = bytearray()
    # One byte more than needed makes the archive compare its checksum.
    while len(data) <= needed and (piece := read(min(_PIECE, needed + 1 - len(data)))):
        data += piece
    if len(data) != needed:
        raise InputError(f"{title} is cut or holds more than it declares")
    numbers = np.frombuffer(data, dtype) if needed else np.empty(0, dtype)
    if dtype.kind == "U" and needed and not _is_text(numbers):
        raise InputError(f"{title} holds a character that no text has")
    return numbers.reshape(shape, order="F" if column_first else "C")


def _is_text(texts: np.ndarray) -> bool:
    """Whether all characters are Unicode's; numpy keeps any four bytes, surrogates too."""
    characters = texts.view(np.dtype("u4").newbyteorder(texts.dtype.byteorder))
    surrogates = (characters >= 0xD800) & (characters <= 0xDFFF)
    return bool(characters.max() <= 0x10FFFF and not surrogates.any())


def _header(
    read: Callable[[int], bytes], title: str
) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Shape, whether columns come first, type, and the length of all of that in bytes."""
    known = {
        (1, 0): (2, np.lib.format.read_array_header_1_0),
        (2, 0): (4, np.lib.format.read_array_header_2_0),
    }
    start = read(8)
    version = tuple(start[6:])
    if start[:6] != np.lib.format.MAGIC_PREFIX or version not in known:
        raise InputError(f"{title} is no array that numpy wrote")
    width, parse = known[version]
    length = read(width)
    told = int.from_bytes(length, "little")
    if told > _LONGEST_HEADER:
        raise InputError(f"{title} has a header of {told} bytes, more than {_LONGEST_HEADER}")
    header = io.BytesIO(length + read(told))
    try:
        with warnings.catch_warnings():
            # Old files make numpy warn of how it had to read their header.
            warnings.simplefilter("ignore")
            shape, column_first, dtype = parse(header)
    # The header is a Python literal, and numpy's parser lets its tokeniser's errors through.
    except Exception as error:
        raise InputError(f"{title} has a broken header: {_said(error)}") from error
    return shape, column_first, dtype, len(start) + len(length) + told


def _shape(shape: tuple[int, ...]) -> str:
    return excerpt(str(shape)) if len(str(shape)) > 40 else str(shape)


def _said(error: Exception) -> str:
    """An error's words in few, or its name where it has none."""
    words = " ".join(str(error).split())
    return words[:200] or type(error).__name__


def check_sizes(sizes: np.ndarray, count: int, width: int, path: Path) -> None:
    """Raises InputError unless they are `count` integers between 1 and `width`."""
    if sizes.shape != (count,) or sizes.dtype.kind not in "iu":
        raise InputError(
            f"{path}: 'sizes' must be {count} integers, one for each instance, not "
            f"{sizes.dtype} of shape {sizes.shape}"
        )
    if sizes.min(initial=width) < 1 or sizes.max(initial=1) > width:
        raise InputError(f"{path}: 'sizes' must be between 1 and {width}")
