"""Pickles of plain numbers, lists, tuples and numpy arrays; everything else is refused.

A pickle is a program. This unpickler knows a handful of names, those that pickles of numpy's
arrays hold, and even these lead to stand-ins that only copy bytes: neither numpy's unpickling nor
any other importable code runs. The stand-ins have empty slots, so a pickle cannot alter them.
"""

from __future__ import annotations

import io
import pickle
import re
from typing import Any, final

import numpy as np

from ptrnet_suite.errors import InputError


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

    def read(self, data: bytes) -> np.ndarray:
        """The numbers in `data`."""
        return np.frombuffer(data, np.dtype(self.order + self.code))


@final
class _Array:
    """An array, empty until its state arrives."""

    __slots__ = ("values",)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, data = state
        self.values = dtype.read(data).reshape(shape, order="F" if fortran else "C")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.values, dtype)


@final
class _Reconstruct:
    __slots__ = ()

    def __call__(self, kind: Any, shape: Any, code: Any) -> _Array:
        return _Array()


@final
class _FromBuffer:
    __slots__ = ()

    def __call__(self, data: Any, dtype: _Number, shape: Any, order: str) -> np.ndarray:
        return dtype.read(bytes(data)).reshape(shape, order="F" if order == "F" else "C")


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


@final
class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NAMES:
            raise pickle.UnpicklingError(f"the name {module}.{name}")
        return _NAMES[module, name]


def load_numbers(data: bytes, name: str) -> Any:
    """What a pickle of plain numbers, lists, tuples and numpy arrays holds.

    Arrays inside of lists may come as objects that `numpy.asarray` takes. Raises InputError,
    naming `name`, for a pickle that is broken or that asks for anything else.
    """
    try:
        loaded = _Unpickler(io.BytesIO(data)).load()
        return np.asarray(loaded) if isinstance(loaded, _Array) else loaded
    except Exception as error:
        raise InputError(
            f"{name} is not a pickle of plain numbers, lists, tuples and numpy arrays,"
            f" which is all that is accepted: {error}"
        ) from error
