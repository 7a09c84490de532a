"""Fetches public files: resumes what was begun, and keeps nothing that is not what it should be."""

from __future__ import annotations

import re
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from ptrnet_suite.data.public import RemoteFile
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import file_sha256, make_folder

CHUNK = 2**16
"""Bytes read at a time."""

TIMEOUT = 30.0
"""Seconds without a byte after which a server counts as gone."""

ATTEMPTS = 4
"""How often a transfer is taken up again before one is told."""

PARTIAL_CONTENT, RANGE_NOT_SATISFIABLE = 206, 416

Tell = Callable[[int, int | None], None]
"""Told the bytes that are there and those of the whole file, None while nobody knows."""


class _Broken(Exception):
    """A transfer that stopped before its end; what came is kept."""


def fetch_file(file: RemoteFile, folder: Path, tell: Tell = lambda done, whole: None) -> bool:
    """Puts a file below `folder`; False where it was there already, byte for byte.

    The transfer goes to `NAME.partial`, from where a later call goes on if the server can, and is
    renamed when its SHA-256 is right. Raises InputError for a server that cannot be reached, a
    transfer that keeps breaking off, a wrong checksum, and a folder that cannot be written to.
    """
    target = folder / file.place
    if target.is_file() and file_sha256(target) == file.sha256:
        return False
    make_folder(target.parent)
    partial = target.with_name(f"{target.name}.partial")
    resumed = partial.is_file() and partial.stat().st_size > 0
    try:
        _complete(file, partial, tell)
        if file_sha256(partial) != file.sha256 and resumed:
            # What was kept may be of another file: the whole once more.
            partial.unlink()
            _complete(file, partial, tell)
        _check(file, partial)
        partial.replace(target)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror or error}") from error
    return True


def _check(file: RemoteFile, partial: Path) -> None:
    """Removes what is not the file that was asked for and raises InputError."""
    digest = file_sha256(partial)
    if digest == file.sha256:
        return
    size = partial.stat().st_size
    partial.unlink()
    raise InputError(
        f"{file.url} gave {size:,} bytes with the SHA-256 {digest}; accepted is {file.sha256}"
    )


def _complete(file: RemoteFile, partial: Path, tell: Tell) -> None:
    """Transfers until the server says that all is there; raises InputError where it never is."""
    reason = ""
    for _ in range(ATTEMPTS):
        try:
            return _transfer(file, partial, tell)
        except _Broken as error:
            reason = str(error)
    kept = partial.stat().st_size if partial.is_file() else 0
    raise InputError(
        f"{file.url} broke off: {reason}; {kept:,} bytes are kept, and the same command goes on "
        "from there"
    )


class _Answer(NamedTuple):
    """A server's answer; the bytes that it goes on from, and those of the whole file."""

    response: HTTPResponse
    start: int
    whole: int | None


def _transfer(file: RemoteFile, partial: Path, tell: Tell) -> None:
    """Appends what is missing, or writes all of it; raises _Broken where less comes."""
    begun = partial.stat().st_size if partial.is_file() else 0
    answer = _ask(file, begun)
    if answer is None:
        return
    with answer.response as response, partial.open("ab" if answer.start else "wb") as out:
        done, whole = answer.start, answer.whole if answer.whole is not None else file.size
        tell(done, whole)
        while chunk := _read(response):
            out.write(chunk)
            done += len(chunk)
            tell(done, whole)
    if whole is not None and done < whole:
        raise _Broken(f"{done:,} of {whole:,} bytes came")


def _read(response: HTTPResponse) -> bytes:
    try:
        return response.read(CHUNK)
    except (OSError, HTTPException) as error:
        raise _Broken(f"{error or type(error).__name__}") from error


def _ask(file: RemoteFile, begun: int) -> _Answer | None:
    """The answer to a request for what is missing; None where nothing is.

    Raises InputError for a server that does not have the file, _Broken for one that is not there.
    """
    headers = {"Range": f"bytes={begun}-"} if begun else {}
    try:
        response: Any = urlopen(Request(file.url, headers=headers), timeout=TIMEOUT)
    except HTTPError as error:
        if error.code == RANGE_NOT_SATISFIABLE and begun:
            return None
        if error.code >= 500:
            raise _Broken(f"the server answered {error.code} {error.reason}") from error
        raise InputError(f"{file.url} cannot be fetched: {error.code} {error.reason}") from error
    except (URLError, OSError, HTTPException) as error:
        raise _Broken(str(getattr(error, "reason", error))) from error
    length = response.headers.get("Content-Length")
    if begun and response.status == PARTIAL_CONTENT:
        span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if span is not None and int(span[1]) == begun:
            return _Answer(response, begun, None if span[2] == "*" else int(span[2]))
        response.close()
        return _ask(file, 0)
    return _Answer(response, 0, None if length is None else int(length))
