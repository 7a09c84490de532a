"""Checkpoints of which the header, the weights or the bytes were changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save

from ptrnet_suite.model.checkpoint_files import HEADER

Header = dict[str, Any]
Weights = dict[str, torch.Tensor]


def parts_of(path: Path) -> tuple[Header, Weights]:
    """The header and the stored tensors of a checkpoint."""
    with safe_open(path, "pt") as file:
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return json.loads(file.metadata()[HEADER]), weights


def with_header(path: Path, change: Callable[[Header], object] | str) -> bytes:
    """The checkpoint's bytes with another header: changed in place, or this text."""
    header, weights = parts_of(path)
    if not isinstance(change, str):
        change(header)
    return save(weights, {HEADER: change if isinstance(change, str) else json.dumps(header)})


def with_weights(path: Path, change: Callable[[Weights], object]) -> bytes:
    """The checkpoint's bytes with its weights changed in place."""
    header, weights = parts_of(path)
    change(weights)
    whole = {name: weight.contiguous() for name, weight in weights.items()}
    return save(whole, {HEADER: json.dumps(header)})


def value_at(path: str, value: Any) -> Callable[[Header], object]:
    """A change that puts a value at a dotted name."""

    def change(header: Header) -> None:
        *outer, last = path.split(".")
        inner = header
        for name in outer:
            inner = inner[name]
        inner[last] = value

    return change


def safetensors_of(tensors: Mapping[str, Any], data: bytes, metadata: Mapping[str, str]) -> bytes:
    """A safetensors file whose header says of its tensors what is given, whatever that is."""
    header = json.dumps({"__metadata__": dict(metadata), **tensors}).encode()
    return len(header).to_bytes(8, "little") + header + data
