"""Which device computes, with how many threads, and generators of random numbers on it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.memory import VARIABLE, available_memory

if TYPE_CHECKING:
    import torch


def choose_device(name: str = "auto") -> torch.device:
    """`cpu`, `cuda`, `cuda:N`, `mps`, or the fastest present for `auto`; raises InputError."""
    import torch

    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise InputError(
            f"device {name!r} cannot be used here; accepted are auto, cpu, cuda, cuda:N and mps "
            "where the machine and the installed torch have them"
        ) from error
    return device


def memory_of(device: torch.device) -> float:
    """Bytes that can be taken on a device now; `PTRNET_MEMORY` where that is set."""
    if device.type != "cuda" or VARIABLE in os.environ:
        return available_memory()
    import torch

    free, _ = torch.cuda.mem_get_info(device)
    # What torch keeps for later is free to it, too.
    kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return float(free + kept)


def set_threads(count: int | None) -> int:
    """Limits torch to `count` threads (None keeps its choice) and returns how many it uses."""
    import torch

    if count is not None:
        if count < 1:
            raise InputError(f"the number of threads must be at least 1, not {count}")
        torch.set_num_threads(count)
    return torch.get_num_threads()


def seeded(seed: int, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator of its own on `device`; torch's global stream is left as it is."""
    import torch

    return torch.Generator(device=device).manual_seed(seed)
