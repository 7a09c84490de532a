"""Provenance of a result: versions, machine, commit and command."""

from __future__ import annotations

import contextlib
import os
import platform
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from ptrnet_suite.runtime.processes import usable_cores
from ptrnet_suite.runtime.version import __version__

REPORTED = ("torch", "numpy", "scipy", "networkx", "fast-tsp")
"""Distributions whose version decides what a run gives or how fast it is."""


SHOWN_FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "sve", "bf16")
"""CPU features that decide how fast matrix products are."""


def versions() -> dict[str, str]:
    """Versions of Python, of this package and of what it computes with."""
    numbers = {"python": platform.python_version(), "ptrnet-suite": __version__}
    for name in REPORTED:
        with contextlib.suppress(metadata.PackageNotFoundError):
            numbers[name] = metadata.version(name)
    return numbers


def machine(with_accelerator: bool = True) -> dict[str, Any]:
    """Processor, usable cores, memory (GiB), the features that matter and the accelerator.

    Only the accelerator's name needs torch.
    """
    model, flags = processor()
    facts: dict[str, Any] = {
        "cpu": model,
        "cores": usable_cores(),
        "memory_gib": _memory_gib(),
        "flags": [flag for flag in SHOWN_FLAGS if flag in flags],
        "system": platform.system(),
    }
    if with_accelerator:
        import torch

        if torch.cuda.is_available():
            facts["gpu"] = torch.cuda.get_device_name()
    return facts


def processor() -> tuple[str, set[str]]:
    """Model name and feature flags of the processor, as far as the system has them."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine(), set()
    fields = {
        key.strip(): value.strip()
        for key, separator, value in (line.partition(":") for line in text.splitlines())
        if separator
    }
    flags = fields.get("flags", fields.get("Features", ""))
    return fields.get("model name", platform.machine()), set(flags.split())


def _memory_gib() -> float | None:
    """Physical memory in GiB, None where the system does not tell."""
    try:
        pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return round(pages * page / 2**30, 1)


def git_commit() -> str | None:
    """Commit of the checkout this package runs from, `-dirty` when changed; None when installed."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        result = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip() or None


def command_line() -> str:
    """This process's command as one would type it."""
    return shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
