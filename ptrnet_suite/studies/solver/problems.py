"""Problems as people hand them over: arrays, tensors, lists, texts, images; one or several."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping, Set
from typing import Any, NamedTuple, NoReturn, final

import numpy as np
import torch
from torch import Tensor

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task

SOURCE = "the problem given"
RANK = 2
"""Axes of one problem of vectors, and of one image."""

Arrays = np.ndarray | list[np.ndarray]


@final
class Problems(NamedTuple):
    """Some problems, and whether a single one was given, whose answer stands in no list."""

    instances: Instances
    single: bool


def read_problems(problem: Any, task: Task) -> Problems:
    """One problem or several; the task's spec tells which, see `accepted`.

    Everything that has an order counts: arrays, tensors on any device, what turns itself into an
    array, nested lists and tuples, iterators, and lists of all these. Raises InputError.
    """
    if isinstance(problem, Instances):
        if not len(problem):
            refuse(task, "Instances without a problem")
        return Problems(problem, False)
    if task.spec.inputs == "tokens":
        return _read_texts(problem, task)
    given = _to_arrays(problem, task)
    if isinstance(given, list):
        return Problems(_instances([_with_features(item, task) for item in given], task), False)
    array = _with_features(given, task)
    if array.ndim not in (RANK, RANK + 1):
        refuse(task, f"a problem of shape {given.shape}" if given.ndim else f"the number {given}")
    if array.ndim == RANK:
        return Problems(_instances(array[None], task), True)
    if not len(array):
        refuse(task, f"an array of shape {given.shape}, which holds no problem,")
    return Problems(_instances(array, task), False)


def accepted(task: Task) -> str:
    """What a solver of the task takes, in words."""
    spec = task.spec
    if spec.inputs == "tokens":
        return "a text, or a list of texts for several"
    if spec.inputs == "images":
        return "(height, width) for one image, and (count, height, width) or a list for several"
    one, several = f"(n, {spec.features})", f"(batch, n, {spec.features})"
    if spec.features == 1:
        one, several = f"(n,) or {one}", f"(batch, n), {several}"
    return f"{one} for one problem, and {several} or a list for several"


def refuse(task: Task, given: str) -> NoReturn:
    """Raises InputError: what was given, and what is accepted."""
    raise InputError(f"{given} cannot be read; {task.name} takes {accepted(task)}")


def check_shapes(instances: Instances, task: Task) -> None:
    """Raises InputError for an empty problem, and one of other features than the task's spec.

    Features of vectors are their columns, those of images their rows of pixels.
    """
    if task.spec.inputs == "tokens":
        return
    positions, features = (1, 0) if task.spec.inputs == "images" else (0, 1)
    for number, item in enumerate(instances.inputs, 1):
        shape = np.shape(item)
        name = "a problem" if len(instances) == 1 else f"problem {number}"
        if shape[features] != task.spec.features:
            refuse(task, f"{name} of shape {shape}{_height(task)}")
        if not shape[positions]:
            refuse(task, f"{name} of shape {shape}, which is empty,")


def _height(task: Task) -> str:
    if task.spec.inputs != "images":
        return ""
    return f", where {task.spec.features} rows of pixels are needed,"


def _instances(inputs: Arrays, task: Task) -> Instances:
    """Vectors as float64; images as they are, with their widths in the column `sizes`."""
    if task.spec.inputs == "vectors":
        if isinstance(inputs, np.ndarray):
            return Instances(inputs.astype(np.float64, copy=False), source=SOURCE)
        return Instances([item.astype(np.float64, copy=False) for item in inputs], source=SOURCE)
    for image in inputs:
        if not np.isfinite(image).all():
            refuse(task, "an image with NaN or infinite pixels")
    widths = np.array([image.shape[1] for image in inputs], int)
    images = [image.astype(float) if image.dtype.kind == "b" else image for image in inputs]
    return Instances(images, columns={"sizes": widths}, source=SOURCE)


def _read_texts(problem: Any, task: Task) -> Problems:
    if isinstance(problem, str):
        return Problems(Instances([str(problem)], source=SOURCE), True)
    if _is_array(problem):
        array = np.asarray(problem)
        if array.ndim != 1:
            refuse(task, f"an array of shape {array.shape}")
        problem = array.tolist()
    texts = _listed(problem, task)
    for number, text in enumerate(texts, 1):
        if not isinstance(text, str):
            refuse(task, f"a list whose item {number} is {named(text)}")
    return Problems(Instances([*map(str, texts)], source=SOURCE), False)


def _with_features(array: np.ndarray, task: Task) -> np.ndarray:
    """With the last axis where it may be left out: vectors of one feature are numbers."""
    if not array.ndim or task.spec.inputs != "vectors" or task.spec.features != 1:
        return array
    return array if array.ndim > 1 and array.shape[-1] == 1 else array[..., None]


def _to_arrays(given: Any, task: Task) -> Arrays:
    """One array where shapes allow it, else a list of problems `(n, features)`."""
    if isinstance(given, Tensor):
        return _from_tensor(given, task)
    if _is_array(given):
        return _numeric(given, task)
    if isinstance(given, numbers.Real):
        try:
            return np.asarray(float(given))
        except OverflowError:
            refuse(task, "a number beyond the largest one of 64 bits")
    items = _listed(given, task)
    regular = _from_numbers(items)
    return _joined([_to_arrays(item, task) for item in items], task) if regular is None else regular


def _from_numbers(items: list[Any]) -> np.ndarray | None:
    """Nested lists of plain numbers at once; None where there is something else among them."""
    leaf: Any = items
    while isinstance(leaf, list | tuple) and leaf:
        leaf = leaf[0]
    if not isinstance(leaf, int | float):
        return None
    try:
        array = np.array(items)
    except (ValueError, TypeError, OverflowError, RuntimeError):
        return None
    return array if array.dtype.kind in "biuf" else None


def _joined(parts: list[Arrays], task: Task) -> Arrays:
    """Numbers to a row and rows to a problem; problems stay a list."""
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    ranks = sorted({array.ndim for array in arrays})
    if len(arrays) < len(parts) or ranks[-1] > RANK:
        refuse(task, "a list of lists of problems")
    if len(ranks) > 1:
        refuse(task, f"a list whose items have {ranks[0]} and {ranks[-1]} axes")
    shapes = sorted({array.shape for array in arrays})
    one_number = task.spec.inputs == "vectors" and task.spec.features == 1
    if ranks[0] == RANK or (one_number and ranks[0] == 1 and len(shapes) > 1):
        return arrays
    if len(shapes) > 1:
        refuse(task, f"a list of rows that hold {shapes[0][0]} and {shapes[-1][0]} numbers")
    return np.stack(arrays)


def _listed(given: Any, task: Task) -> list[Any]:
    unordered = isinstance(given, Mapping | Set | str | bytes | bytearray)
    if unordered or not isinstance(given, Iterable):
        refuse(task, named(given))
    items = list(given)
    if not items:
        refuse(task, f"an empty {type(given).__name__}")
    return items


def _is_array(given: Any) -> bool:
    """Whether numpy can read it: its own arrays, pandas' tables, pictures of PIL."""
    return hasattr(given, "__array__") or hasattr(given, "__array_interface__")


def _numeric(given: Any, task: Task) -> np.ndarray:
    if np.ma.is_masked(given):
        refuse(task, "an array with masked values")
    array = np.asarray(given)
    if array.dtype.kind not in "biuf":
        kinds = {"O": "objects", "U": "texts", "S": "bytes", "c": "complex numbers"}
        refuse(task, f"an array of {kinds.get(array.dtype.kind, str(array.dtype))}")
    return array


def _from_tensor(given: Tensor, task: Task) -> np.ndarray:
    if given.is_complex():
        refuse(task, "a tensor of complex numbers")
    try:
        dense = given.detach().to_dense() if given.layout != torch.strided else given.detach()
        # numpy knows no bfloat16.
        array: np.ndarray = (dense.double() if dense.is_floating_point() else dense).cpu().numpy()
    except (RuntimeError, TypeError):
        refuse(task, f"a tensor of {given.dtype} on {given.device}, which holds no numbers,")
    return array


def named(given: Any) -> str:
    """What something is, for a message."""
    if given is None or isinstance(given, bool):
        return str(given)
    if isinstance(given, numbers.Number):
        return f"the number {given}"
    if isinstance(given, str):
        return f"the text {given if len(given) < 40 else given[:36] + ' ...'!r}"
    if isinstance(given, bytes | bytearray):
        return "a text of bytes"
    name = type(given).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
