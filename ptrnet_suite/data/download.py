"""Fetches public files: resumes broken transfers and keeps only files of the right checksum."""

from __future__ import annotations

import re
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple, final
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
"""Tries of a transfer before it counts as failed."""

PARTIAL_CONTENT, RANGE_NOT_SATISFIABLE = 206, 416

TransferCallback = Callable[[int, int | None], None]
"""Takes the bytes that are there and those of the whole file, None where not known."""


@final
class _BrokenTransfer(Exception):
    """A transfer that stopped before its end; the bytes so far are kept."""


def fetch_file(
    file: RemoteFile,
    folder: Path,
    on_transfer: TransferCallback = lambda received, total: None,
) -> bool:
    """Puts a file below `folder`; False where it was there already, byte for byte.

    The transfer goes to `NAME.partial`, from where a later call goes on if the server can, and is
    renamed when its SHA-256 is right. Raises InputError for a server that cannot be reached, a
    transfer that keeps breaking off, a wrong checksum, and a folder that cannot be written to.
    """
    target = folder / file.path
    if target.is_file() and file_sha256(target) == file.sha256:
        return False
    make_folder(target.parent)
    partial = target.with_name(f"{target.name}.partial")
    resumed = partial.is_file() and partial.stat().st_size > 0
    try:
        _complete(file, partial, on_transfer)
        if file_sha256(partial) != file.sha256 and resumed:
            # What was kept may be of another file: the whole once more.
            partial.unlink()
            _complete(file, partial, on_transfer)
        _check(file, partial)
        partial.replace(target)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror or error}") from error
    return True


def _check(file: RemoteFile, partial: Path) -> None:
    """Removes a file of another checksum than asked for and raises InputError."""
    digest = file_sha256(partial)
    if digest == file.sha256:
        return
    size = partial.stat().st_size
    partial.unlink()
    raise InputError(
        f"{file.url} gave {size:,} bytes with the SHA-256 {digest}; accepted is {file.sha256}"
    )


def _complete(file: RemoteFile, partial: Path, on_transfer: TransferCallback) -> None:
    """Transfers until the server says that all is there; raises InputError where it never is."""
    reason = ""
    for _ in range(ATTEMPTS):
        try:
            return _transfer(file, partial, on_transfer)
        except _BrokenTransfer as error:
            reason = str(error)
    size = partial.stat().st_size if partial.is_file() else 0
    raise InputError(
        f"{file.url} broke off: {reason}; {size:,} bytes are kept, and the same command goes on "
        "from there"
    )


@final
class _Reply(NamedTuple):
    """A server's response, the byte that it starts from, and the size of the whole file."""

    response: HTTPResponse
    start: int
    total: int | None


def _transfer(file: RemoteFile, partial: Path, on_transfer: TransferCallback) -> None:
    """Appends the missing bytes, or writes all; raises _BrokenTransfer where fewer come."""
    start = partial.stat().st_size if partial.is_file() else 0
    reply = _ask(file, start)
    if reply is None:
        return
    with reply.response as response, partial.open("ab" if reply.start else "wb") as out:
        received, total = reply.start, reply.total if reply.total is not None else file.size
        on_transfer(received, total)
        while chunk := _read(response):
            out.write(chunk)
            received += len(chunk)
            on_transfer(received, total)
    if total is not None and received < total:
        raise _BrokenTransfer(f"{received:,} of {total:,} bytes came")


def _read(response: HTTPResponse) -> bytes:
    try:
        return response.read(CHUNK)
    except (OSError, HTTPException) as error:
        raise _BrokenTransfer(f"{error or type(error).__name__}") from error


def _ask(file: RemoteFile, start: int) -> _Reply | None:
    """The reply to a request for the missing bytes; None where none are missing.

    Raises InputError for a server that does not have the file, _BrokenTransfer for one that is
    not there.
    """
    headers = {"Range": f"bytes={start}-"} if start else {}
    try:
        response: Any = urlopen(Request(file.url, headers=headers), timeout=TIMEOUT)
    except HTTPError as error:
        if error.code == RANGE_NOT_SATISFIABLE and start:
            return None
        if error.code >= 500:
            raise _BrokenTransfer(f"the server answered {error.code} {error.reason}") from error
        raise InputError(f"{file.url} cannot be fetched: {error.code} {error.reason}") from error
    except (URLError, OSError, HTTPException) as error:
        raise _BrokenTransfer(str(getattr(error, "reason", error))) from error
    length = response.headers.get("Content-Length")
    if start and response.status == PARTIAL_CONTENT:
        span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if span is not None and int(span[1]) == start:
            return _Reply(response, start, None if span[2] == "*" else int(span[2]))
        response.close()
        return _ask(file, 0)
    return _Reply(response, 0, None if length is None else int(length))
