"""What the operating system lets a process have: cores and freed memory."""

from __future__ import annotations

import contextlib
import ctypes
import os

TRIM_THRESHOLD, MMAP_MAX = -1, -4
"""glibc's names for what `mallopt` may be told."""


def keep_memory() -> None:
    """Keeps freed memory for the next step, where the C library can be told to.

    Else every large tensor of a training step is returned and faulted in again, page by page.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        told = ctypes.CDLL(None).mallopt
        told(TRIM_THRESHOLD, 2**31 - 1)
        told(MMAP_MAX, 0)


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
