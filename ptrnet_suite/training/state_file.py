"""Nested values with tensors in one safetensors file, which runs no code when it is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, final

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write

HEADER = "ptrnet_suite_state"


@final
class Damaged(ValueError):
    """Content that `write_state` did not write."""


def write_state(path: Path, state: Any) -> None:
    """Writes tensors, numbers, text, None, and lists, tuples and dicts of them; all or nothing.

    Tensors come back on the processor. Raises InputError for other values.
    """
    tensors: dict[str, Tensor] = {}
    header = {HEADER: json.dumps(_encoded(state, tensors))}
    content = save(tensors, header)
    with atomic_write(path) as partial:
        partial.write_bytes(content)


def read_state(path: Path) -> Any:
    """What `write_state` wrote; raises InputError for a file that is cut, empty or another one."""
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            if HEADER not in metadata:
                raise Damaged("it was not written by a training run")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return _decoded(json.loads(metadata[HEADER]), tensors)
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} is no state of a run, or damaged: {error}") from None


def _encoded(value: Any, tensors: dict[str, Tensor]) -> Any:
    """`value` as JSON in which tensors, moved to `tensors`, stand by name."""
    if isinstance(value, Tensor):
        name = str(len(tensors))
        # A copy, since safetensors refuses tensors that share their memory.
        tensors[name] = value.detach().to("cpu", copy=True).contiguous()
        return {"tensor": name}
    if isinstance(value, dict):
        return {"items": [[_key(key), _encoded(item, tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_encoded(item, tensors) for item in value]}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise InputError(
        f"a run's state holds a {type(value).__name__}; accepted are tensors, numbers, text, None, "
        "and lists, tuples and dicts of them"
    )


def _key(key: Any) -> str | int:
    if isinstance(key, str | int):
        return key
    raise InputError(f"a run's state has the name {key!r}; accepted are text and whole numbers")


def _decoded(value: Any, tensors: dict[str, Tensor]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        raise Damaged("its header is not what a run writes")
    kind, content = next(iter(value.items()))
    if kind == "tensor" and isinstance(content, str) and content in tensors:
        return tensors[content]
    if kind in ("list", "tuple") and isinstance(content, list):
        items = [_decoded(item, tensors) for item in content]
        return items if kind == "list" else tuple(items)
    if kind == "items" and isinstance(content, list):
        return dict(_pair(item, tensors) for item in content)
    raise Damaged("its header is not what a run writes")


def _pair(item: Any, tensors: dict[str, Tensor]) -> tuple[str | int, Any]:
    if isinstance(item, list) and len(item) == 2 and isinstance(item[0], str | int):
        return item[0], _decoded(item[1], tensors)
    raise Damaged("its header is not what a run writes")


def on_device(value: Any, device: torch.device) -> Any:
    """`value` with all its tensors on `device`."""
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {key: on_device(item, device) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(on_device(item, device) for item in value)
    return value
