"""Servers that lie, drip, lead astray or never end are told in one sentence, and in time."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path
from time import monotonic, sleep

import pytest

from ptrnet_suite.data import download
from ptrnet_suite.data.download import fetch_file
from ptrnet_suite.data.public import RemoteFile
from ptrnet_suite.errors import InputError
from tests.serving import speaking

CONTENT = bytes(range(256)) * 40
SIZE = len(CONTENT)
OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: %d\r\n" % SIZE
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


def redirect(address: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {address}\r\nContent-Length: 0\r\n\r\n".encode()


def fetched(reply: bytes, folder: Path, size: int | None = SIZE) -> bytes:
    """What is there after a server gave this reply to every request."""

    def say(connection: socket.socket, address: str) -> None:
        connection.sendall(reply.replace(b"{here}", address.encode()))

    sha256 = hashlib.sha256(CONTENT).hexdigest()
    with speaking(say) as address:
        fetch_file(RemoteFile(f"{address}/file", Path("file.bin"), sha256, size), folder)
    return (folder / "file.bin").read_bytes()


@pytest.mark.parametrize("size", [SIZE, None])
@pytest.mark.parametrize(
    "reply",
    [
        OK + LENGTH + b"\r\n" + CONTENT,
        OK + b"\r\n" + CONTENT,
        OK + CHUNKED + b"%x\r\n" % SIZE + CONTENT + b"\r\n0\r\n\r\n",
        OK + b"Content-Length: 5\r\n" + CHUNKED + b"%x;a=b\r\n" % SIZE + CONTENT + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + OK + LENGTH + b"\r\n" + CONTENT,
    ],
    ids=["length", "until it closes", "chunks", "chunks and a wrong length", "continue"],
)
def test_a_file_comes_in_every_form_of_http(reply: bytes, size: int | None, tmp_path: Path) -> None:
    assert fetched(reply, tmp_path, size) == CONTENT


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (b"", "broke off: .*; 0 bytes are kept"),
        (b"what?\r\n\r\n", "broke off: what?"),
        (b"HTTP/9.9 200 OK\r\n\r\n", "broke off: "),
        (b"HTTP/1.1 2000000 OK\r\n\r\n", "broke off: HTTP/1.1 2000000 OK"),
        (OK + b"a: " + b"x" * 70_000 + b"\r\n\r\n", "broke off: got more than 65536 bytes"),
        (OK + b"a: b\r\n" * 200 + b"\r\n", "broke off: got more than 100 headers"),
        (OK + b"Content-Length: 7\r\n\r\n1234567", "has 7 bytes; accepted are 10,240"),
        (OK + b"Content-Length: 99999999999999\r\n\r\nx", "has 99,999,999,999,999 bytes; accepted"),
        (
            OK + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\n123456789",
            "has 9 bytes packed by 'gzip'; accepted are 10,240",
        ),
        (OK + b"Content-Length: many\r\n\r\nx", "says that it has 'many' bytes"),
        (OK + b"Content-Length: -1\r\n\r\nx", "says that it has '-1' bytes"),
        (OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nx", "says that it has '99999"),
        (OK + b"\r\n" + CONTENT + b"x", "sends more than its 10,240 bytes"),
        (OK + CHUNKED + b"2801\r\n" + CONTENT + b"x\r\n0\r\n\r\n", "sends more than its 10,240"),
        (OK + CHUNKED + b"zz\r\n" + CONTENT, "broke off: the server ended it before its end"),
        (OK + CHUNKED + b"5\r\n123", "broke off: the server ended it before its end"),
        (OK + CHUNKED + b"-5\r\n12345", "broke off: "),
        (OK + CHUNKED + b"1" * 70_000, "broke off: "),
        (OK + LENGTH + b"\r\n" + CONTENT[:100], "broke off: 100 of 10,240 bytes came; 100 bytes"),
        (OK + LENGTH + b"\r\n" + bytes(SIZE), "gave 10,240 bytes with the SHA-256"),
        (redirect("{here}/file"), "cannot be fetched: 302 .*infinite loop"),
        (redirect("file:///etc/passwd"), "cannot be fetched: 302 .*not allowed"),
        (redirect("data:,hello"), "cannot be fetched: 302 .*not allowed"),
        (redirect("ftp://127.0.0.1/x"), "cannot be fetched: unknown url type: ftp"),
        (redirect("http://[::1"), "cannot be fetched: "),
        (redirect("http://a:b/"), "cannot be fetched: nonnumeric port"),
        (redirect("http://"), "cannot be fetched: "),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "cannot be fetched: 302 Found"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "cannot be fetched: 304 Not Modified"),
        (b"HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n", "cannot be fetched: 401 Who"),
        (b"HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n", "cannot be fetched: 416 No"),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "broke off: the server answered 503"),
    ],
    ids=lambda value: str(value)[:50] if isinstance(value, str) else "",
)
def test_a_reply_that_is_wrong_is_one_sentence(reply: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=sentence) as refused:
        fetched(reply, tmp_path)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400
    assert not (tmp_path / "file.bin").exists()
    for partial in tmp_path.iterdir():
        assert partial.stat().st_size <= SIZE


def test_a_partial_file_of_another_version_is_begun_again(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def say(connection: socket.socket, address: str) -> None:
        # The server's file is another than the one that was begun: the range does not fit.
        head = b"HTTP/1.1 206 Part\r\nContent-Range: bytes 7-9/10\r\nContent-Length: 3\r\n\r\nabc"
        asked.append(head)
        connection.sendall(head if len(asked) == 1 else OK + LENGTH + b"\r\n" + CONTENT)

    (tmp_path / "file.bin.partial").write_bytes(b"other")
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    with speaking(say) as address:
        fetch_file(RemoteFile(address, Path("file.bin"), sha256, SIZE), tmp_path)
    assert len(asked) == 2
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_more_than_was_begun_wrongly_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "file.bin.partial").write_bytes(bytes(SIZE + 1))
    assert fetched(OK + LENGTH + b"\r\n" + CONTENT, tmp_path) == CONTENT


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (b"", "does not answer within"),
        (OK, "does not answer within"),
        (OK + b"a: ", "does not answer within"),
        (OK + LENGTH + b"\r\n", "comes too slowly"),
        (OK + CHUNKED, "comes too slowly"),
        (OK + CHUNKED + b"2800\r\n", "comes too slowly"),
    ],
    ids=["status", "headers", "a header", "body", "a chunk's size", "a chunk"],
)
def test_a_server_that_sends_a_byte_now_and_then_is_given_up(
    first: bytes, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "ANSWER", 0.3)
    monkeypatch.setattr(download, "SLOWEST", 1e9)

    def say(connection: socket.socket, address: str) -> None:
        connection.sendall(first)
        for _ in range(100):
            sleep(0.02)
            connection.sendall(b"1")

    start = monotonic()
    with speaking(say) as address, pytest.raises(InputError, match=sentence):
        fetch_file(RemoteFile(address, Path("file.bin"), "0" * 64, SIZE), tmp_path)
    assert monotonic() - start < 1.5


def test_a_server_that_says_nothing_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SILENCE", 0.1)

    def say(connection: socket.socket, address: str) -> None:
        connection.sendall(OK + LENGTH + b"\r\n" + CONTENT[:10])
        sleep(1)

    start = monotonic()
    with speaking(say) as address, pytest.raises(InputError, match="broke off: timed out; 10 byte"):
        fetch_file(RemoteFile(address, Path("file.bin"), "0" * 64, SIZE), tmp_path)
    assert monotonic() - start < 1.5
