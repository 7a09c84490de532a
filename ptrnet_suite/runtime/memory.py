"""How much memory there is to take."""

from __future__ import annotations

import os
from pathlib import Path

from ptrnet_suite.errors import InputError

VARIABLE = "PTRNET_MEMORY"
"""Environment variable that says how many bytes there are to take, such as `4e9`."""

_UNKNOWN = 8e9
_CGROUP = Path("/sys/fs/cgroup")


def available_memory() -> float:
    """Bytes that can be taken now without swapping; `PTRNET_MEMORY` where that is set.

    The least of what the machine has free, what a container may take and what the process may
    address. Raises InputError where the variable is no positive number.
    """
    given = os.environ.get(VARIABLE)
    if given is not None:
        return _positive(given)
    bounds = [_free(), _free_in_container(), _free_in_address_space()]
    return min((bound for bound in bounds if bound is not None), default=_UNKNOWN)


def _positive(given: str) -> float:
    try:
        size = float(given)
    except ValueError:
        size = 0.0
    if not 0 < size < float("inf"):
        raise InputError(f"{VARIABLE} is {given!r}; accepted is a number of bytes, such as 4e9")
    return size


def _free() -> float | None:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return 1024.0 * int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    try:
        # Elsewhere the whole memory has to do.
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return None


def _free_in_container() -> float | None:
    """What a container's second version of control groups leaves; its caches can be dropped."""
    try:
        largest = int((_CGROUP / "memory.max").read_text())
        used = int((_CGROUP / "memory.current").read_text())
        counts = (_CGROUP / "memory.stat").read_text().splitlines()
        cached = next(int(line.split()[1]) for line in counts if line.startswith("inactive_file "))
    except (OSError, ValueError, IndexError, StopIteration):
        return None
    return float(max(0, largest - used + cached))


def _free_in_address_space() -> float | None:
    """What `ulimit -v` leaves."""
    try:
        import resource

        largest, _ = resource.getrlimit(resource.RLIMIT_AS)
        if largest == resource.RLIM_INFINITY:
            return None
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        return float(max(0, largest - pages * os.sysconf("SC_PAGE_SIZE")))
    except (ImportError, OSError, ValueError, IndexError):
        return None
