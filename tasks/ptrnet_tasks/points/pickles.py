"""Pickles of plain numbers, lists, tuples and numpy arrays; everything else is refused.

A pickle is a program. This unpickler knows the instructions and names that pickles of such data
hold, and even these names lead to stand-ins that only copy bytes: neither numpy's unpickling nor
any other importable code runs. The stand-ins have empty slots, so a pickle cannot alter them. It is
Python's own in Python, not that in C, which takes gigabytes for the eight bytes of an index; only
lists of numbers alone, whose bytes are looked through before, are left to the faster one.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable
from math import prod
from typing import Any, ClassVar, final

import numpy as np

from ptrnet_suite.errors import InputError

DEEPEST = 4
"""Lists in lists: of sets, of points, of coordinates, and one to spare."""

_FEWEST = 1_000_000
_REPEATS = 4
"""A list may stand in several places, so that few bytes hold many numbers: up to four for each byte
of the pickle, and a million in any case."""


@final
class _Number:
    """A dtype of plain numbers, in two steps as pickles make it: code, then byte order."""

    __slots__ = ("code", "order")

    def __init__(self, code: str) -> None:
        if not isinstance(code, str) or not re.fullmatch(r"[fiu][1248]", code):
            raise pickle.UnpicklingError(f"dtype {code!r}")
        self.code, self.order = code, "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] not in ("<", ">", "|", "=") or any(part is not None for part in state[2:5]):
            raise pickle.UnpicklingError(f"dtype {state!r}")
        self.order = state[1]

    def read(self, data: Any) -> np.ndarray:
        """The numbers in `data`; `bytes` of an integer would be as many zeros."""
        if not isinstance(data, bytes | bytearray):
            raise pickle.UnpicklingError(f"numbers in a {type(data).__name__}")
        return np.frombuffer(bytes(data), np.dtype(self.order + self.code))


@final
class _Array:
    """An array, empty until its state arrives."""

    __slots__ = ("values",)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, data = state
        self.fill(dtype, data, shape, "F" if fortran else "C")

    def fill(self, dtype: Any, data: Any, shape: Any, order: Any) -> None:
        """Takes the numbers in `data`; raises ValueError where they do not fill the shape."""
        numbers = dtype.read(data) if isinstance(dtype, _Number) else np.empty(0)
        sides = (shape,) if isinstance(shape, int) else tuple(shape)
        if prod(max(1, int(side)) for side in sides) > max(1, len(numbers)):
            raise pickle.UnpicklingError(f"{len(numbers)} numbers for the shape {sides}")
        self.values = numbers.reshape(sides, order="F" if order == "F" else "C")


@final
class _Reconstruct:
    __slots__ = ()

    def __call__(self, kind: Any, shape: Any, code: Any) -> _Array:
        return _Array()


@final
class _FromBuffer:
    __slots__ = ()

    def __call__(self, data: Any, dtype: Any, shape: Any, order: Any) -> _Array:
        array = _Array()
        array.fill(dtype, data, shape, order)
        return array


@final
class _Scalar:
    __slots__ = ()

    def __call__(self, dtype: _Number, data: bytes) -> float:
        return float(dtype.read(data)[0])


@final
class _DType:
    __slots__ = ()

    def __call__(self, code: str, *flags: bool) -> _Number:
        return _Number(code)


@final
class _Encode:
    """Old protocols write bytes as text in this one encoding."""

    __slots__ = ()

    def __call__(self, text: str, encoding: str) -> bytes:
        if encoding not in ("latin1", "latin-1"):
            raise pickle.UnpicklingError(f"the encoding {encoding!r}")
        return text.encode("latin1")


@final
class _Kind:
    __slots__ = ()


_NAMES: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Kind(),
    ("numpy", "dtype"): _DType(),
    ("_codecs", "encode"): _Encode(),
}
for _package in ("numpy.core", "numpy._core"):
    _NAMES[_package + ".multiarray", "_reconstruct"] = _Reconstruct()
    _NAMES[_package + ".multiarray", "scalar"] = _Scalar()
    _NAMES[_package + ".numeric", "_frombuffer"] = _FromBuffer()

_INSTRUCTIONS = (
    "PROTO FRAME STOP MARK POP POP_MARK DUP NONE NEWTRUE NEWFALSE "
    "INT BININT BININT1 BININT2 LONG LONG1 FLOAT BINFLOAT "
    "STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE BINBYTES SHORT_BINBYTES "
    "BINBYTES8 BYTEARRAY8 EMPTY_LIST LIST APPEND APPENDS EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 "
    "GET BINGET LONG_BINGET PUT BINPUT LONG_BINPUT MEMOIZE GLOBAL STACK_GLOBAL REDUCE BUILD"
)
"""What pickles of numbers are written with: nothing that makes objects, sets or dictionaries."""


@final
class _Unpickler(pickle._Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NAMES:
            raise pickle.UnpicklingError(f"the name {module}.{name}")
        return _NAMES[module, name]

    def load_bytearray8(self) -> None:
        # Python's own takes as many bytes as are declared before it reads them.
        size = int.from_bytes(self.read(8), "little")  # type: ignore[attr-defined]
        data = self.read(size)  # type: ignore[attr-defined]
        if len(data) != size:
            raise pickle.UnpicklingError(f"{len(data)} of {size} bytes")
        self.append(bytes(data))  # type: ignore[attr-defined]

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = {
        getattr(pickle, name)[0]: pickle._Unpickler.dispatch[getattr(pickle, name)[0]]
        for name in _INSTRUCTIONS.split()
    }
    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8


_LISTS_OF_NUMBERS = re.compile(
    rb"(?:\x80[\x00-\x05])?"  # PROTO
    rb"(?:G.{8}|K.|M..|J.{4}"  # BINFLOAT, integers of 1, 2 and 4 bytes
    rb"|[](let)\x85-\x87a\x94]"  # lists, tuples, MARK, MEMOIZE
    rb"|[hq].|[jr]..[\x00-\x0f]\x00"  # what was memorised, by an index below a million
    rb"|\x95.{8})*+\.",  # FRAME, STOP
    re.DOTALL,
)


def _load(data: bytes) -> Any:
    if _LISTS_OF_NUMBERS.fullmatch(data):
        return pickle.loads(data)
    return _Unpickler(io.BytesIO(data)).load()


def load_numbers(data: bytes, name: str) -> Any:
    """What a pickle of plain numbers, lists, tuples and numpy arrays holds: an array, or lists.

    Lists hold numbers, lists and arrays, none of them deeper than `DEEPEST`. Raises InputError,
    naming `name`, for a pickle that is broken or that asks for anything else.
    """
    try:
        return _Plain(max(_FEWEST, _REPEATS * len(data))).of(_load(data))
    except Exception as error:
        reason = f"the instruction {error}" if isinstance(error, KeyError) else str(error)
        raise InputError(
            f"{name} is not a pickle of plain numbers, lists, tuples and numpy arrays,"
            f" which is all that is accepted: {' '.join(reason.split())[:200]}"
        ) from error


@final
class _Plain:
    """Turns what was loaded into lists of numbers and arrays, of `most` numbers and lists."""

    def __init__(self, most: int) -> None:
        self.most, self.left = most, most

    def of(self, value: Any, depth: int = 0) -> Any:
        """Raises UnpicklingError for anything but numbers, too many of them, and deep lists."""
        self._take(1)
        if type(value) in (int, float, bool):
            if abs(value) > np.finfo(float).max and value == value and abs(value) != np.inf:
                raise pickle.UnpicklingError("an integer that no array of numbers holds")
            return float(value)
        if isinstance(value, _Array):
            # An array may lack its numbers, where its state never came.
            if not hasattr(value, "values"):
                raise pickle.UnpicklingError("an array without its numbers")
            self._take(value.values.size)
            return value.values
        if not isinstance(value, list | tuple):
            raise pickle.UnpicklingError(f"a {type(value).__name__}")
        if depth == DEEPEST:
            raise pickle.UnpicklingError(f"lists in lists, deeper than {DEEPEST}")
        if all(type(item) is float for item in value):
            self._take(len(value))
            return list(value)
        return [self.of(item, depth + 1) for item in value]

    def _take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise pickle.UnpicklingError(f"more than {self.most} numbers, repeated in few bytes")
