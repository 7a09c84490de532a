"""Lone arrays, `.npy`, read without trust in what their header says."""

from __future__ import annotations

import io
import math
import tokenize

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_tasks.points.content import Content

_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
_BROKEN = (
    ValueError, KeyError, TypeError, OverflowError, RecursionError, MemoryError, SyntaxError,
    tokenize.TokenError,
)  # fmt: skip


def read_npy(content: Content) -> np.ndarray:
    """The array of real numbers; raises InputError for others, and where bytes are missing."""
    data, title = content.data(), content.path
    stream = io.BytesIO(data)
    try:
        shape, by_column, dtype = _HEADERS[np.lib.format.read_magic(stream)](stream)
    except _BROKEN as error:
        raise InputError(f"{title} is not an .npy of plain numbers: {error}") from error
    if dtype.kind not in "fiu":
        raise InputError(f"{title} holds {dtype} values; accepted are real numbers")
    left = len(data) - stream.tell()
    if min(shape, default=1) < 0 or math.prod(shape) * dtype.itemsize != left:
        raise InputError(f"{title} says that it holds {dtype} {shape}, and has {left:,} bytes")
    array = np.frombuffer(data, dtype, offset=stream.tell()) if left else np.empty(0, dtype)
    return array.reshape(shape, order="F" if by_column else "C")
