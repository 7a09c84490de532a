"""What surrounds a run: device, threads, seeds, versions, machine, files written whole."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    import torch
    from torch import nn

REPORTED = ("torch", "numpy", "scipy", "networkx", "fast-tsp")
"""Distributions whose version decides what a run gives or how fast it is."""

TRIM_THRESHOLD, MMAP_MAX = -1, -4
"""glibc's names for what `mallopt` may be told."""

SHOWN_FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "sve", "bf16")
"""CPU features that decide how fast matrix products are."""

PRECISIONS = ("float32", "bfloat16")
"""In which matrix products may be."""

BFLOAT16_FLAGS = ("avx512_bf16", "amx_bf16", "bf16")
"""Those of them for products in bfloat16, on x86 and Arm."""


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


def set_threads(count: int | None) -> int:
    """Limits torch to `count` threads (None keeps its choice) and returns how many it uses."""
    import torch

    if count is not None:
        if count < 1:
            raise InputError(f"the number of threads must be at least 1, not {count}")
        torch.set_num_threads(count)
    return torch.get_num_threads()


def keep_memory() -> None:
    """Keeps freed memory for the next step, where the C library can be told to.

    Else every large tensor of a training step is returned and faulted in again, page by page.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        told = ctypes.CDLL(None).mallopt
        told(TRIM_THRESHOLD, 2**31 - 1)
        told(MMAP_MAX, 0)


def seeded(seed: int, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator of its own on `device`; torch's global stream is left as it is."""
    import torch

    return torch.Generator(device=device).manual_seed(seed)


def versions() -> dict[str, str]:
    """Versions of Python, of this package and of what it computes with."""
    from ptrnet_suite.runtime.version import __version__

    found = {"python": platform.python_version(), "ptrnet-suite": __version__}
    for name in REPORTED:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def machine() -> dict[str, Any]:
    """Processor, usable cores, memory (GiB), the features that matter and the accelerator."""
    import torch

    model, flags = _processor()
    facts: dict[str, Any] = {
        "cpu": model,
        "cores": usable_cores(),
        "memory_gib": _memory_gib(),
        "flags": [flag for flag in SHOWN_FLAGS if flag in flags],
        "system": platform.system(),
    }
    if torch.cuda.is_available():
        facts["gpu"] = torch.cuda.get_device_name()
    return facts


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> tuple[str, set[str]]:
    """Model name and feature flags, as far as the system tells them."""
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


@contextlib.contextmanager
def matrix_products(
    precision: str, device: torch.device | str, layers: Sequence[nn.Module] = ()
) -> Iterator[None]:
    """Matrix products inside are in bfloat16 or float32; what needs it stays in float32.

    layers: some that are not trained meanwhile; their weights are held in bfloat16 until the end,
    so that they are not cast anew at every step. Raises InputError for another precision.
    """
    import torch

    if precision not in PRECISIONS:
        raise InputError(f"precision {precision!r} is not known; accepted are {PRECISIONS}")
    if precision == "float32":
        yield
        return
    with _held_low(layers), torch.autocast(torch.device(device).type, torch.bfloat16):
        yield


@contextlib.contextmanager
def _held_low(layers: Sequence[nn.Module]) -> Iterator[None]:
    import torch

    kept = {weight: weight.data for layer in layers for weight in layer.parameters()}
    try:
        for weight in kept:
            weight.data = weight.data.to(torch.bfloat16)
        yield
    finally:
        for weight, whole in kept.items():
            weight.data = whole


def fast_bfloat16(device: torch.device) -> bool:
    """Whether `device` has instructions for matrix products in bfloat16, as far as it tells."""
    import torch

    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and not _processor()[1].isdisjoint(BFLOAT16_FLAGS)


def _memory_gib() -> float | None:
    """Physical memory, None where the system does not tell."""
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
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip() or None


def command_line() -> str:
    """This process's command as one would type it."""
    return shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])


def file_sha256(*paths: Path) -> str:
    """Hexadecimal SHA-256 of the files' bytes, one file after the other; raises InputError."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as stream:
                hashlib.file_digest(stream, lambda: digest)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return digest.hexdigest()


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, with its suffix, that replaces it when the block succeeds.

    Makes missing parent folders; raises InputError when the place cannot be written to.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path} cannot be written: it is a folder, a file name is needed")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def make_folder(path: Path) -> Path:
    """Makes a folder, parents too, that can be written to; raises InputError where that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except OSError as error:
        raise InputError(f"the folder {path} cannot be written to: {error.strerror}") from error


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_json(path: Path, content: Any, indent: int | None = 2) -> None:
    """Writes one JSON document whole; raises InputError when it cannot be written."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(content, indent=indent, ensure_ascii=False) + "\n")
