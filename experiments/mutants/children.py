"""Children of this process, each of which finds out one thing and is gone."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

MEMORY = 6 << 30
"""Bytes of address space that a child may take beyond what it begins with."""


class Ended(NamedTuple):
    """How a child ended: what it found, None where it was stopped or fell."""

    found: Any
    reason: str
    seconds: float


def in_child(work: Callable[[], Any], seconds: float) -> Ended:
    """What `work` returns, called in a copy of this process that may take so long by the clock."""
    begun = time.perf_counter()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _work(work, writing)
    os.close(writing)
    try:
        answer, late = _read(reading, begun + seconds)
    finally:
        os.close(reading)
        # The child leads a group of its own, in which may be processes that it began.
        try:
            os.killpg(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    reason = "time" if late else f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else ""
    if answer.endswith(b"\n"):
        said = json.loads(answer)
        return Ended(said["found"], said.get("reason", ""), time.perf_counter() - begun)
    return Ended(None, reason or "fell", time.perf_counter() - begun)


def _work(work: Callable[[], Any], writing: int) -> None:
    """The child's life: it never returns."""
    code = 1
    try:
        os.setpgid(0, 0)
        silent = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(silent, standard)
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + MEMORY, hard))
        answer = _line({"found": work()})
        code = 0
    except BaseException:
        answer = _line({"found": None, "reason": traceback.format_exc()})
    try:
        while answer:
            answer = answer[os.write(writing, answer) :]
    finally:
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        os._exit(code)


def _line(answer: Any) -> bytes:
    return json.dumps(answer).encode() + b"\n"


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[0]) * resource.getpagesize()


def _read(pipe: int, until: float) -> tuple[bytes, bool]:
    """All that a child writes, and whether it took too long."""
    parts: list[bytes] = []
    while (left := until - time.perf_counter()) > 0:
        if select.select([pipe], [], [], left)[0]:
            part = os.read(pipe, 1 << 16)
            if not part:
                return b"".join(parts), False
            parts.append(part)
            if part.endswith(b"\n"):
                return b"".join(parts), False
    return b"", True


def allow(seconds: float) -> None:
    """From now on this process may compute for so long; then the system ends it."""
    used = time.process_time()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 1, hard))
