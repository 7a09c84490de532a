"""Checkpoint files by name and what their headers say; imports no torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np
from safetensors import SafetensorError, safe_open

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.config_fields import Violation, number, numbers
from ptrnet_suite.runtime.json_documents import json_value
from ptrnet_suite.runtime.limits import check_file
from ptrnet_suite.runtime.parse_config import parse_config
from ptrnet_suite.runtime.registry import unknown
from ptrnet_suite.task.registry import load_task, task_folder, task_names

if TYPE_CHECKING:
    from ptrnet_suite.task.base import Task

HEADER = "ptrnet_suite"

BEST = "best.safetensors"
"""The checkpoint that a run's folder stands for."""

PARTS = ("task", "options", "model", "record")
"""What every header holds."""


LARGEST_HEADER = 2**25
"""Bytes of what stands before the weights, of which most are vocabularies."""


@final
@dataclass(frozen=True)
class _Header:
    """What a header holds."""

    task: str
    options: dict[str, Any]
    model: dict[str, Any]
    record: dict[str, Any]
    storage: str = "float32"


@final
@dataclass(frozen=True)
class _Record:
    """The part of a training record that is worked with; the rest is kept as it is."""

    sizes: list[int] = numbers([1, 1], low=0, form="[smallest, largest]", least=2, most=2)
    step: int = number(0, low=0)
    validation: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)

    def violations(self) -> Iterator[Violation]:
        """Figures that are no numbers; one that could not be computed may be NaN."""
        if not all(value is None or _is_number(value) for value in self.validation.values()):
            yield Violation("validation", "accepted are names with numbers")


def read_header(path: Path) -> dict[str, Any]:
    """The header alone; raises InputError for a file that is no checkpoint of ours."""
    metadata = _metadata(path)
    if HEADER not in metadata:
        raise InputError(f"checkpoint {path}: has no {HEADER} header, so it is not one of ours")
    try:
        header = json_value(metadata[HEADER], undefined=True)
        missing = [part for part in PARTS if part not in header]
    except (ValueError, TypeError) as error:
        raise InputError(f"checkpoint {path}: its header is damaged ({error})") from None
    if missing:
        raise InputError(f"checkpoint {path}: its header is damaged (it lacks {missing[0]!r})")
    checked = parse_config(_Header, header, f"checkpoint {path}", kind="part of a header")
    parse_config(_Record, checked.record, f"checkpoint {path}", "record", open=True)
    return asdict(checked)


def task_of(header: Mapping[str, Any], path: Path) -> Task:
    """The task that a checkpoint was trained for; raises InputError that names the file."""
    try:
        return load_task(header["task"], header["options"])
    except InputError as error:
        raise InputError(f"checkpoint {path}: {error}") from None


def _metadata(path: Path) -> dict[str, str]:
    """The texts in a safetensors file's header, which may be no longer than the file."""
    size = check_file(path)
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
        if length > LARGEST_HEADER and length <= size:
            raise InputError(
                f"checkpoint {path}: has a header of more than {LARGEST_HEADER:,} bytes"
            )
        with safe_open(path, "np") as tensors:
            return tensors.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise InputError(f"checkpoint {path}: cannot be read as safetensors ({error})") from None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


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


def checkpoints_by_size(
    task: str, sizes: np.ndarray, options: dict[str, Any] | None = None
) -> dict[str, np.ndarray]:
    """Names of the shipped checkpoints for inputs of these sizes, each with its inputs' indices.

    sizes: `(count,)`. All have the same options of the task, by default those of the one that suits
    the middle size: several texts are not partly translated and partly pronounced. Raises
    InputError where none is shipped.
    """
    if options is None:
        options = shipped_headers()[default_checkpoint(task, int(np.median(sizes)))]["options"]
    kinds, first, kind_of = np.unique(sizes, return_index=True, return_inverse=True)
    names = np.array([default_checkpoint(task, int(size), options) for size in kinds], object)
    in_order = dict.fromkeys(names[np.argsort(first)])
    return {name: np.flatnonzero((names == name)[kind_of]) for name in in_order}


def _outside(size: int, low: int, high: int) -> float:
    """How far `size` lies outside of the trained range, as a ratio."""
    if size < low:
        return low / max(1, size) - 1
    return max(0.0, size / max(1, high) - 1)
