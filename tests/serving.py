"""A server on this machine whose transfers go wrong as they are told to."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Service:
    """What is served, how, and what was asked for.

    cuts: bytes after which each transfer in turn breaks off; whole once there are no more.
    failures: answers in turn in place of the file, before anything is served.
    """

    content: bytes
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(content: bytes) -> Iterator[Service]:
    """Serves `content` at every address below `url` until the block ends."""
    service = Service(content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            service.asked.append(wanted)
            if service.failures:
                self.send_error(service.failures.pop(0))
                return
            span = re.fullmatch(r"bytes=(\d+)-", wanted or "")
            start = int(span[1]) if span and service.ranges else 0
            size = len(service.content)
            if start >= size > 0 and start:
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            self.send_header("Content-Length", str(size - start))
            self.end_headers()
            cut = service.cuts.pop(0) if service.cuts else size
            self.wfile.write(service.content[start : start + cut])

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def speaking(say: Callable[[socket.socket, str], None]) -> Iterator[str]:
    """The address of a server that says on each connection what `say` sends, HTTP or not.

    say: takes the connection, whose request was read, and the server's address.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def answer(connection: socket.socket) -> None:
        # A client that has had enough may be gone.
        with connection, suppress(OSError):
            connection.recv(2**16)
            say(connection, address)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
