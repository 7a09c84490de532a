"""Files that are written whole or not at all, folders that can be written to, checksums."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.faults import is_of_writing, reason_of


def file_sha256(*paths: Path) -> str:
    """Hexadecimal SHA-256 of the files' bytes, one file after the other; raises InputError."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as stream:
                hashlib.file_digest(stream, lambda: digest)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return digest.hexdigest()


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, with its suffix, that replaces it when the block succeeds.

    Makes missing parent folders; raises InputError when the place cannot be written to, or fills
    up while it is. What was begun is removed.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path} cannot be written: it is a folder, a file name is needed")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except (OSError, RuntimeError) as error:
        if isinstance(error, OSError) and error.filename not in (None, name):
            raise  # of another file, which the block read
        if isinstance(error, RuntimeError) and not is_of_writing(error):
            raise
        raise InputError(f"{path} cannot be written: {reason_of(error)}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def make_folder(path: Path) -> Path:
    """Makes a folder, parents too, that can be written to; raises InputError where that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except OSError as error:
        raise InputError(f"the folder {path} cannot be written to: {error.strerror}") from error


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_json(path: Path, content: Any, indent: int | None = 2) -> None:
    """Writes one JSON document whole; raises InputError when it cannot be written."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(content, indent=indent, ensure_ascii=False) + "\n")
