"""HTTP that ends: a deadline for a whole transfer, and no address but those of the web."""

from __future__ import annotations

import io
import socket
from functools import partial
from http.client import HTTPConnection, HTTPMessage, HTTPResponse, HTTPSConnection
from time import monotonic
from typing import IO, Any, final
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)


@final
class TooSlow(TimeoutError):
    """A transfer whose time is up, whatever still comes."""


@final
class Deadline:
    """When a transfer must be over; it may be put off once more is known of it.

    silence: seconds without a byte after which a server counts as gone.
    """

    def __init__(self, seconds: float, silence: float) -> None:
        self.silence = silence
        self.put_off(seconds)

    def put_off(self, seconds: float) -> None:
        """The transfer must be over in so many seconds from now."""
        self.end = monotonic() + seconds

    def patience(self) -> float:
        """Seconds to wait for the next byte; raises TooSlow where there are none left."""
        left = self.end - monotonic()
        if left <= 0:
            raise TooSlow("it took too long")
        return min(self.silence, left)


def open_url(request: Request, deadline: Deadline) -> Any:
    """The reply to a request, read under the deadline from its first byte on.

    Follows redirects, up to ten, to addresses of http and https alone: a server must not lead to a
    file of this machine. Raises OSError, HTTPException or ValueError where there is no reply.
    """
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        UnknownHandler(),
        _WebHandler(deadline),
        _SecureWebHandler(deadline),
        HTTPDefaultErrorHandler(),
        _Redirects(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener.open(request, timeout=deadline.patience())


@final
class _Redirects(HTTPRedirectHandler):
    """Follows redirects, and closes the reply that one stands in where it leads nowhere."""

    def http_error_302(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> Any:
        """The reply from where the redirect leads."""
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except Exception:
            fp.close()
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


@final
class _WebHandler(HTTPHandler):
    """Opens connections whose replies are read under a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, request: Request) -> HTTPResponse:
        """The reply to a request."""
        return self.do_open(partial(_connection, HTTPConnection, self._deadline), request)


@final
class _SecureWebHandler(HTTPSHandler):
    """The same by TLS."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, request: Request) -> HTTPResponse:
        """The reply to a request."""
        return self.do_open(partial(_connection, HTTPSConnection, self._deadline), request)


def _connection(
    kind: type[HTTPConnection], deadline: Deadline, host: str, timeout: float
) -> HTTPConnection:
    connection = kind(host, timeout=min(timeout, deadline.patience()))
    connection.response_class = partial(_TimedResponse, deadline)  # type: ignore[assignment]
    return connection


@final
class _TimedResponse(HTTPResponse):
    """A reply of which every read from the socket is held to the deadline.

    A timeout alone starts anew with each byte: a server that sends one every 29 seconds, be it in
    a header, never ends.
    """

    def __init__(self, deadline: Deadline, sock: socket.socket, *rest: Any, **named: Any) -> None:
        super().__init__(sock, *rest, **named)
        self.fp = io.BufferedReader(_TimedSocket(self.fp.detach(), sock, deadline))


@final
class _TimedSocket(io.RawIOBase):
    """A socket's stream of bytes, which waits no longer than there is time."""

    def __init__(self, stream: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        self._stream, self._sock, self._deadline = stream, sock, deadline

    def readable(self) -> bool:
        """True: it is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Reads what is there, and waits for it at most until the deadline."""
        self._sock.settimeout(self._deadline.patience())
        try:
            return self._stream.readinto(buffer)
        except TimeoutError:
            self._deadline.patience()
            raise

    def close(self) -> None:
        """Closes the socket's stream."""
        self._stream.close()
        super().close()
