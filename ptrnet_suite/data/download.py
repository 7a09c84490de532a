"""Fetches public files: resumes broken transfers and keeps only files of the right checksum."""

from __future__ import annotations

import re
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse, IncompleteRead, InvalidURL
from pathlib import Path
from typing import Any, NamedTuple, final
from urllib.error import HTTPError
from urllib.request import Request

from ptrnet_suite.data.public import RemoteFile
from ptrnet_suite.data.transport import Deadline, TooSlow, open_url
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.faults import reason_of
from ptrnet_suite.runtime.files import file_sha256, make_folder

CHUNK = 2**16
"""Bytes read at a time."""

SILENCE = 30.0
"""Seconds without a byte after which a server counts as gone."""

ANSWER = 60.0
"""Seconds in which a server must begin to send a file."""

SLOWEST = 16_384
"""Bytes in a second, on average, below which a transfer is given up."""

LARGEST = 2**32
"""Bytes of a file whose size nobody tells."""

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
    renamed when its SHA-256 is right. No more is written than the file's size. Raises InputError
    for a server that cannot be reached, a transfer that keeps breaking off, is too slow or of
    another size, a wrong checksum, and a folder that cannot be written to.
    """
    target = folder / file.path
    if target.is_file() and file_sha256(target) == file.sha256:
        return False
    make_folder(target.parent)
    partial = target.with_name(f"{target.name}.partial")
    if file.size is not None and _size_of(partial) > file.size:
        partial.unlink()
    resumed = _size_of(partial) > 0
    try:
        _complete(file, partial, on_transfer)
        if file_sha256(partial) != file.sha256 and resumed:
            # What was kept may be of another file: the whole once more.
            partial.unlink()
            _complete(file, partial, on_transfer)
        _check(file, partial)
        partial.replace(target)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {reason_of(error)}") from error
    return True


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


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
    raise InputError(
        f"{file.url} broke off: {reason}; {_size_of(partial):,} bytes are kept, and the same "
        "command goes on from there"
    )


@final
class _Reply(NamedTuple):
    """A server's response, the byte that it starts from, and the size of the whole file."""

    response: HTTPResponse
    start: int
    total: int | None


def _transfer(file: RemoteFile, partial: Path, on_transfer: TransferCallback) -> None:
    """Appends the missing bytes, or writes all; raises _BrokenTransfer where fewer come."""
    start = _size_of(partial)
    if start and start == file.size:
        return
    deadline = Deadline(ANSWER, SILENCE)
    reply = _ask(file, start, deadline)
    if reply is None:
        return
    with reply.response as response:
        total = _whole_size(file, reply)
        deadline.put_off(ANSWER + ((total or LARGEST) - reply.start) / SLOWEST)
        with partial.open("ab" if reply.start else "wb") as out:
            received, most = reply.start, LARGEST if total is None else total
            on_transfer(received, total)
            while chunk := _read(file, response):
                received += len(chunk)
                if received > most:
                    raise InputError(f"{file.url} sends more than its {most:,} bytes")
                out.write(chunk)
                on_transfer(received, total)
    if total is not None and received < total:
        raise _BrokenTransfer(f"{received:,} of {total:,} bytes came")


def _whole_size(file: RemoteFile, reply: _Reply) -> int | None:
    """Bytes of the whole file; raises InputError where the server means another one."""
    if file.size is None:
        return reply.total
    if reply.total not in (None, file.size):
        coding = reply.response.headers.get("Content-Encoding")
        packed = f" packed by {coding!r}" if coding else ""
        raise InputError(
            f"{file.url} has {reply.total:,} bytes{packed}; accepted are {file.size:,}"
        )
    return file.size


def _read(file: RemoteFile, response: HTTPResponse) -> bytes:
    """The next bytes, as soon as there are some."""
    try:
        return response.read1(CHUNK)
    except TooSlow:
        raise InputError(
            f"{file.url} comes too slowly: less than {SLOWEST / 1024:.0f} kB a second; what came "
            "is kept, and the same command goes on from there"
        ) from None
    except (OSError, HTTPException, ValueError) as error:
        raise _BrokenTransfer(_words(error)) from error


def _ask(file: RemoteFile, start: int, deadline: Deadline) -> _Reply | None:
    """The reply to a request for the missing bytes; None where none are missing.

    Raises InputError for a server that does not have the file, _BrokenTransfer for one that is
    not there.
    """
    headers = {"Range": f"bytes={start}-"} if start else {}
    try:
        response: Any = open_url(Request(file.url, headers=headers), deadline)
    except HTTPError as error:
        error.close()
        if error.code == RANGE_NOT_SATISFIABLE and start:
            return None
        if error.code >= 500:
            raise _BrokenTransfer(f"the server answered {error.code} {error.reason}") from error
        raise InputError(f"{file.url} cannot be fetched: {_words(error)}") from error
    except TooSlow as error:
        raise InputError(f"{file.url} does not answer within {ANSWER:.0f} seconds") from error
    except (InvalidURL, ValueError) as error:
        raise InputError(f"{file.url} cannot be fetched: {_words(error)}") from error
    except (OSError, HTTPException) as error:
        if isinstance(getattr(error, "reason", None), str):  # an address that is none
            raise InputError(f"{file.url} cannot be fetched: {_words(error)}") from error
        raise _BrokenTransfer(_words(error)) from error
    if start and response.status == PARTIAL_CONTENT:
        span = re.fullmatch(
            r"bytes (\d{1,15})-\d{1,15}/(\d{1,15}|\*)",
            response.headers.get("Content-Range", ""),
            re.ASCII,
        )
        if span is not None and int(span[1]) == start:
            return _Reply(response, start, None if span[2] == "*" else int(span[2]))
        response.close()
        return _ask(file, 0, deadline)
    try:
        return _Reply(response, 0, _declared(file, response))
    except InputError:
        response.close()
        raise


def _declared(file: RemoteFile, response: HTTPResponse) -> int | None:
    """Bytes that a reply says it has; None where it says none. Raises InputError for nonsense."""
    length = response.headers.get("Content-Length")
    if length is None or response.chunked:
        return None
    if not re.fullmatch(r"\d{1,15}", length.strip(), re.ASCII):
        raise InputError(f"{file.url} says that it has {length[:40]!r} bytes")
    return int(length)


def _words(error: BaseException) -> str:
    """An error of a connection in one line, which http.client sometimes leaves without words."""
    if isinstance(error, HTTPError):
        return f"{error.code} {' '.join(str(error.reason).split())}"
    if isinstance(error, IncompleteRead):
        return "the server ended it before its end"
    reason = getattr(error, "reason", error)
    return " ".join(str(reason).split())[:200] or type(error).__name__
