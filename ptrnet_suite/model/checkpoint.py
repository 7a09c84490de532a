"""Checkpoints: one safetensors file with the weights, the config and the training record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.quantisation import packed, unpacked
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.files import atomic_write, file_sha256
from ptrnet_suite.runtime.registry import unknown
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task, task_folder, task_names

HEADER = "ptrnet_suite"

BEST = "best.safetensors"
"""The checkpoint that a run's folder stands for."""


@dataclass(frozen=True)
class Checkpoint:
    """A trained model with everything that is known of it."""

    model: Seq2Seq
    task: Task
    record: dict[str, Any]
    """Training: config, steps, seconds, hardware, versions, data, validation figures."""
    path: Path
    name: str
    sha256: str
    parameters: int


def save_checkpoint(
    path: Path, model: Seq2Seq, task: Task, record: dict[str, Any], storage: str = "float32"
) -> None:
    """Writes weights and header to a temporary file, then renames it.

    storage: float32, float16 or int8, see `weights.packed`. Raises InputError for another one.
    """
    header = {
        "task": task.name,
        "options": task.options(),
        "model": model.config.to_dict(),
        "record": record,
        "storage": storage,
    }
    weights = packed(model.state_dict(), storage)
    whole = {name: tensor.contiguous() for name, tensor in weights.items()}
    content = save(whole, {HEADER: json.dumps(header)})
    with atomic_write(path) as partial:
        partial.write_bytes(content)


def read_header(path: Path) -> dict[str, Any]:
    """The header alone; raises InputError for a file that is no checkpoint of ours."""
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise InputError(f"checkpoint {path}: cannot be read as safetensors ({error})") from None
    if HEADER not in metadata:
        raise InputError(f"checkpoint {path}: has no {HEADER} header, so it is not one of ours")
    header: dict[str, Any] = json.loads(metadata[HEADER])
    return header


def load_checkpoint(name: str | Path) -> Checkpoint:
    """A checkpoint by shipped name or file; runs no code from the file. Raises InputError."""
    path = find_checkpoint(name)
    header = read_header(path)
    task = load_task(header["task"], header["options"])
    model = Seq2Seq(ModelConfig.from_dict(header["model"]), task.spec)
    with safe_open(path, "pt") as file:
        weights = unpacked({key: file.get_tensor(key) for key in file.keys()})  # noqa: SIM118
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise InputError(f"checkpoint {path}: weights do not fit its config ({reason})") from None
    model.eval()
    return Checkpoint(
        model, task, header["record"], path, path.stem, file_sha256(path), model.parameters_count
    )


def find_checkpoint(name: str | Path) -> Path:
    """The file of a shipped name, or the path itself; raises InputError where there is none."""
    if str(name) in shipped():
        return shipped()[str(name)]
    path = Path(name)
    if path.is_dir():
        if not (path / BEST).is_file():
            raise InputError(f"the folder {path} holds no {BEST}; accepted is a training run's")
        return path / BEST
    if not path.is_file():
        unknown_name = unknown("checkpoint", str(name), list(shipped()))
        raise InputError(f"{unknown_name}, and there is no such file")
    return path


@cache
def shipped() -> dict[str, Path]:
    """Checkpoints that come with the installed tasks, by name."""
    found: dict[str, Path] = {}
    for task in task_names():
        for path in sorted((task_folder(task) / "pretrained").glob("*.safetensors")):
            found.setdefault(path.stem, path)
    return found


def shipped_headers() -> dict[str, dict[str, Any]]:
    """The headers of all shipped checkpoints, by name."""
    return _headers(tuple(shipped().items()))


@cache
def _headers(paths: tuple[tuple[str, Path], ...]) -> dict[str, dict[str, Any]]:
    return {name: read_header(path) for name, path in paths}


def default_checkpoint(
    task: str, size: int | None = None, options: dict[str, Any] | None = None
) -> str:
    """Name of the shipped checkpoint whose training sizes suit `size` best; raises InputError.

    options: the task's, where only checkpoints of these will do.
    """
    candidates: dict[str, float] = {}
    for name, header in shipped_headers().items():
        if header["task"] == task and options in (None, header["options"]):
            low, high = header["record"].get("sizes", [1, 1])
            candidates[name] = 0.0 if size is None else _outside(size, low, high)
    if not candidates:
        raise InputError(f"no checkpoint is shipped for task {task!r}; give one by name or file")
    return min(candidates, key=lambda name: candidates[name])


def _outside(size: int, low: int, high: int) -> float:
    """How far `size` lies outside of the trained range, as a ratio."""
    if size < low:
        return low / max(1, size) - 1
    return max(0.0, size / max(1, high) - 1)
