"""Files of point sets, some with sequences of positions, whatever their format."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np

from ptrnet_suite.data.batch import pad
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.data.npz import array_of, check_sizes, read_npz
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write
from ptrnet_tasks.points.content import Content, kind_of, read_content
from ptrnet_tasks.points.documents import read_document
from ptrnet_tasks.points.geometry import check_points
from ptrnet_tasks.points.pickles import load_numbers
from ptrnet_tasks.points.table import read_table
from ptrnet_tasks.points.text import check_sequences, read_text, write_text

SUFFIXES = (".txt", ".npz", ".pkl")
"""What `write_point_file` takes."""

READ = (
    "tables of points (.csv, .tsv), the Pointer Networks paper's lines, .npz, .npy, .pkl, JSON and "
    "GeoJSON"
)
"""What `read_points` takes, in words."""

SOLVER_COLUMN = "solver"
"""Column that says which solver made the solution of each instance."""


def read_point_file(path: Path, every_point: bool = False) -> Instances:
    """`read_points` of a file."""
    return read_points(read_content(path), every_point)


def read_points(content: Content, every_point: bool = False, accepted: str = READ) -> Instances:
    """Point sets, with their sequences of positions where the file has them.

    inputs: `(count, n, 2)` when all have one size, else a list of `(n, 2)`. solutions: open
    sequences counted from 0, `(count, n)` when all have one length, else a list. columns:
    `length (count,)` where an `.npz` has `lengths`, `solver (count,)` where it has `solver`;
    `labels` where points have names, `degrees` where they are of the Earth, see `point_set`.
    every_point: each sequence must visit every point, as a tour does. accepted: for the message
    about a file that is none of these.

    Raises InputError naming the file, and the line or instance.
    """
    kind, path = kind_of(content), content.path
    if kind == "other":
        raise InputError(f"{path}: format not read; accepted are {accepted}, packed by gzip or not")
    if kind == "table":
        return read_table(content)
    if kind == "json":
        return read_document(content)
    if kind == "npz":
        if content.unpacked is not None:
            raise InputError(f"{path} is an .npz packed again by gzip; accepted is the .npz itself")
        instances = _read_npz(path)
    elif kind == "npy":
        instances = Instances(_point_sets(array_of(content.data(), path), path))
    elif kind == "pickle":
        instances = Instances(_point_sets(load_numbers(content.data(), str(path)), path))
    else:
        return read_text(content, every_point)
    if instances.solutions is not None:
        check_sequences(
            instances.solutions,
            instances.sizes(),
            every_point,
            lambda index: f"{path}, instance {index + 1}",
        )
    return Instances(instances.inputs, instances.solutions, None, instances.columns, str(path))


def write_point_file(instances: Instances, path: Path, closed: bool = True) -> None:
    """Writes text, `.npz` or `.pkl`, as the suffix says; `.pkl` holds points alone.

    closed: a text line repeats its first position at the end. Raises InputError for another suffix.
    """
    writers = {".txt": write_text, ".npz": _write_npz, ".pkl": _write_pickle}
    if path.suffix not in writers:
        raise InputError(f"{path} has the suffix {path.suffix!r}; accepted: {', '.join(writers)}")
    with atomic_write(path) as temporary:
        writers[path.suffix](instances, temporary, closed)


def _read_npz(path: Path) -> Instances:
    parts = read_npz(path)
    if "points" not in parts:
        held = ", ".join(parts) or "nothing"
        raise InputError(f"{path} has no array 'points' of shape (count, n, 2); it holds {held}")
    points = np.asarray(_point_sets(parts["points"], path))
    inputs: np.ndarray | list[np.ndarray] = points
    for name in ("solutions", "lengths"):
        if name in parts and len(np.atleast_1d(parts[name])) != len(points):
            raise InputError(
                f"{path}: '{name}' must have a row for each of {len(points)} instances"
            )
    if "sizes" in parts:
        check_sizes(parts["sizes"], len(points), points.shape[1], path)
        inputs = [row[:size] for row, size in zip(points, parts["sizes"], strict=True)]
    lengths = parts.get("lengths")
    if lengths is not None and (lengths.ndim > 1 or lengths.dtype.kind not in "fiu"):
        raise InputError(f"{path}: 'lengths' must be one number for each instance")
    columns = {} if lengths is None else {"length": np.atleast_1d(lengths).astype(float)}
    if SOLVER_COLUMN in parts:
        columns[SOLVER_COLUMN] = _names(parts[SOLVER_COLUMN], len(inputs), path)
    return Instances(inputs, _open_solutions(parts.get("solutions"), path), columns=columns)


def _names(solver: np.ndarray, count: int, path: Path) -> np.ndarray:
    """A name for each instance, `(count,)`, of one for all or one for each."""
    if solver.shape not in ((), (count,)):
        raise InputError(
            f"{path}: '{SOLVER_COLUMN}' has the shape {solver.shape}; "
            f"accepted are one name and one for each of {count} instances"
        )
    return np.array(np.broadcast_to(solver.astype(str), count))


def _open_solutions(padded: np.ndarray | None, path: Path) -> np.ndarray | list[np.ndarray] | None:
    """Sequences without their padding of -1."""
    if padded is None:
        return None
    if padded.ndim != 2 or padded.dtype.kind not in "iu":
        raise InputError(
            f"{path}: 'solutions' must be integers of shape (count, n), -1 where unused"
        )
    real = padded != -1
    if real.all():
        return padded
    if not real.any(1).all():
        first = int(np.argmin(real.any(1))) + 1
        raise InputError(f"{path}, instance {first} has an empty solution; leave out 'solutions'")
    return [row[kept] for row, kept in zip(padded, real, strict=True)]


def _point_sets(data: Any, path: Path) -> list[np.ndarray] | np.ndarray:
    """`(count, n, 2)` when all sets have one size, else a list; a lone `(n, 2)` is one instance."""
    try:
        sets = data if isinstance(data, np.ndarray) else [np.asarray(item) for item in data]
        if len(sets) and np.ndim(sets[0]) == 1:
            sets = np.asarray(data)[None]
        if len({np.shape(item) for item in sets}) == 1:
            sets = np.asarray(sets)
    except (TypeError, ValueError) as error:
        raise InputError(f"{path} does not hold lists of points: {error}") from error
    check_points(sets, 1, str(path))
    return sets


def _write_npz(instances: Instances, path: Path, closed: bool) -> None:
    sizes = instances.sizes()
    arrays: dict[str, Any] = {"points": pad(list(instances.inputs))[0]}
    if (sizes != sizes[0]).any():
        arrays["sizes"] = sizes
    if instances.solutions is not None:
        solutions, real = pad(list(instances.solutions))
        arrays["solutions"] = np.where(real, solutions, -1)
    if "length" in instances.columns:
        arrays["lengths"] = np.asarray(instances.columns["length"])
    if SOLVER_COLUMN in instances.columns:
        arrays[SOLVER_COLUMN] = np.asarray(instances.columns[SOLVER_COLUMN], str)
    np.savez_compressed(path, **arrays)


def _write_pickle(instances: Instances, path: Path, closed: bool) -> None:
    plain = [np.asarray(points).tolist() for points in instances.inputs]
    path.write_bytes(pickle.dumps(plain, protocol=2))
