"""Checkpoint files by name and what their headers say; imports no torch."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.registry import unknown
from ptrnet_suite.task.registry import task_folder, task_names

HEADER = "ptrnet_suite"

PARTS = ("task", "options", "model", "record")
"""What every header holds."""


def read_header(path: Path) -> dict[str, Any]:
    """The header alone; raises InputError for a file that is no checkpoint of ours."""
    try:
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise InputError(f"checkpoint {path}: cannot be read as safetensors ({error})") from None
    if HEADER not in metadata:
        raise InputError(f"checkpoint {path}: has no {HEADER} header, so it is not one of ours")
    try:
        header: dict[str, Any] = json.loads(metadata[HEADER])
        missing = [part for part in PARTS if part not in header]
    except (ValueError, TypeError) as error:
        raise InputError(f"checkpoint {path}: its header is damaged ({error})") from None
    if missing:
        raise InputError(f"checkpoint {path}: its header is damaged (it lacks {missing[0]!r})")
    return header


def find_checkpoint(name: str | Path) -> Path:
    """The file of a shipped name, or the path itself; raises InputError where there is none."""
    if str(name) in shipped():
        return shipped()[str(name)]
    path = Path(name)
    if path.is_dir() and (path / "best.safetensors").is_file():
        return path / "best.safetensors"
    if not path.is_file():
        listed = "no such file; shipped are"
        raise InputError(unknown("checkpoint", str(name), list(shipped()), listed))
    return path


@cache
def shipped() -> dict[str, Path]:
    """Checkpoints that come with the installed tasks, by name."""
    files: dict[str, Path] = {}
    for task in task_names():
        for path in sorted((task_folder(task) / "pretrained").glob("*.safetensors")):
            files.setdefault(path.stem, path)
    return files


def default_checkpoint(task: str, size: int | None = None) -> str:
    """Name of the shipped checkpoint whose training sizes suit `size` best; raises InputError."""
    candidates: dict[str, float] = {}
    for name, path in shipped().items():
        header = read_header(path)
        if header["task"] == task:
            low, high = header["record"].get("sizes", [1, 1])
            candidates[name] = 0.0 if size is None else _outside(size, low, high)
    if not candidates:
        raise InputError(f"no checkpoint is shipped for task {task!r}; name one with --checkpoint")
    return min(candidates, key=lambda name: candidates[name])


def _outside(size: int, low: int, high: int) -> float:
    """How far `size` lies outside of the trained range, as a ratio."""
    if size < low:
        return low / max(1, size) - 1
    return max(0.0, size / max(1, high) - 1)
