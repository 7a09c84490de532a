"""Attention as numbers that other programs read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write, write_json
from ptrnet_suite.studies.solver.attention import AttentionMap


def write_attention(names: Sequence[str], maps: Sequence[AttentionMap], path: Path) -> None:
    """Writes the attention along the answers to instances of these names.

    `.json`: a list of objects with all fields of `AttentionMap` and `name`. `.npz`: the same as
    arrays `weights_1`, `positions_1`, ... of the first instance, and so on; `names (count,)`.
    `.txt`: `alignment` of each on a line, as fast_align and Moses write it. Raises InputError for
    another suffix.
    """
    writers = {".json": _write_json, ".npz": _write_npz, ".txt": _write_alignments}
    suffix = path.suffix.lower()
    if suffix not in writers:
        raise InputError(f"{path} has the suffix {suffix!r}; accepted: {', '.join(writers)}")
    writers[suffix](names, maps, path)


def alignment(attention: AttentionMap) -> list[tuple[int, int]]:
    """Each step but END with the position that it looks at most, `(position, step)` from 0 on.

    Of several heads their mean decides; a pointer's steps go with what it points at.
    """
    weights = attention.weights.mean(0) if attention.pointer is None else attention.pointer
    looked = weights.argmax(1).tolist()
    ends = bool(attention.steps) and attention.steps[-1] == "END"
    return [(position, step) for step, position in enumerate(looked[: len(looked) - ends])]


def _write_json(names: Sequence[str], maps: Sequence[AttentionMap], path: Path) -> None:
    content = [{"name": name, **_plain(each)} for name, each in zip(names, maps, strict=True)]
    write_json(path, content, indent=None)


def _write_npz(names: Sequence[str], maps: Sequence[AttentionMap], path: Path) -> None:
    arrays: dict[str, Any] = {"names": np.array(names)}
    for number, attention in enumerate(maps, 1):
        for name, value in vars(attention).items():
            if value is not None:
                arrays[f"{name}_{number}"] = np.asarray(value)
    with atomic_write(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def _write_alignments(names: Sequence[str], maps: Sequence[AttentionMap], path: Path) -> None:
    lines = [" ".join(f"{position}-{step}" for position, step in alignment(each)) for each in maps]
    with atomic_write(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in lines))


def _plain(attention: AttentionMap) -> dict[str, Any]:
    """All fields as plain JSON."""
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in vars(attention).items()
    }
