"""Signals that end a run: the first after the step under way, the second at once."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any, final

HANDLED = (signal.SIGINT, signal.SIGTERM)

SAME_REQUEST = 1.0
"""Seconds within which signals are one request: a terminal and a parent process, or `timeout` to a
process and to its group, send the same one twice."""


@final
class StopSignals:
    """While the block runs, the first Ctrl-C or SIGTERM is noted in `received` and nothing else.

    One that comes `SAME_REQUEST` later raises KeyboardInterrupt where the program stands. Signals
    that are ignored, as by `nohup`, stay so. Python hands signals to the main thread alone;
    elsewhere nothing is changed.
    """

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._received_at = 0.0
        self._handlers_before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            for number in HANDLED:
                before = signal.getsignal(number)
                # None is a handler that no Python program set, and that none could put back.
                if before not in (signal.SIG_IGN, None):
                    self._handlers_before[number] = before
                    signal.signal(number, self._receive)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, before in self._handlers_before.items():
            signal.signal(number, before)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.received is None:
            self.received, self._received_at = signal.Signals(number), time.monotonic()
        elif time.monotonic() - self._received_at >= SAME_REQUEST:
            self.received = signal.Signals(number)
            raise KeyboardInterrupt
