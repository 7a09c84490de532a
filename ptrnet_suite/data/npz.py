"""Archives of arrays, `.npz`, read without trust in what they hold."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from ptrnet_suite.errors import InputError


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays by name; raises InputError for any other file, and for arrays of objects."""
    try:
        with path.open("rb") as stream:
            file = np.load(stream, allow_pickle=False)
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise InputError(f"{path} is a lone array (.npy), not an .npz of arrays with names")
            with file:
                return {name: file[name] for name in file.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{path} is not an .npz of plain numbers: {error}") from error


def check_sizes(sizes: np.ndarray, count: int, width: int, path: Path) -> None:
    """Raises InputError unless they are `count` integers between 1 and `width`."""
    if sizes.shape != (count,) or sizes.dtype.kind not in "iu":
        raise InputError(
            f"{path}: 'sizes' must be {count} integers, one for each instance, not "
            f"{sizes.dtype} of shape {sizes.shape}"
        )
    if sizes.min() < 1 or sizes.max() > width:
        raise InputError(f"{path}: 'sizes' must be between 1 and {width}")
