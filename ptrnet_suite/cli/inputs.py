"""From a task's name, a data file and perhaps a checkpoint to what evaluate and solve work on."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, final

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint_files import default_checkpoint, find_checkpoint, read_header
from ptrnet_suite.search.grammar import read_search
from ptrnet_suite.task.registry import TASKS, load_task

if TYPE_CHECKING:
    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.model.checkpoint import Checkpoint
    from ptrnet_suite.model.sequence_model import SequenceModel
    from ptrnet_suite.task.base import Task


@final
class Inputs(NamedTuple):
    """A checkpoint on its device and the instances it shall answer."""

    checkpoint: Checkpoint
    instances: Instances


def open_inputs(
    arguments: argparse.Namespace, path: Path, ensembles: bool = False, counted: bool = False
) -> Inputs:
    """Reads and checks the file, and loads the checkpoint named or the one that suits it.

    ensembles: `ONE+ANOTHER` names checkpoints that answer together. counted: whether what figures
    do not count, such as a source that stood before, is left out. Raises InputError for an
    unknown task or search, an unusable file, or a checkpoint of another task: all of it before
    torch is imported.
    """
    names = _checkpoint_names(arguments, path, ensembles)
    header = read_header(find_checkpoint(names[0]))
    task = load_task(header["task"], header["options"])
    strict = getattr(arguments, "strict", False)
    instances = read_instances(task, path, arguments.limit, strict, counted)

    from ptrnet_suite.model.checkpoint import load_checkpoint
    from ptrnet_suite.model.ensemble import together
    from ptrnet_suite.runtime.device import choose_device, set_threads

    set_threads(arguments.threads)
    device = choose_device(arguments.device)
    loaded = [load_checkpoint(name) for name in names]
    checkpoint = loaded[0] if len(loaded) == 1 else together(loaded)
    checkpoint.model.to(device).eval()
    return Inputs(checkpoint, instances)


def _checkpoint_names(arguments: argparse.Namespace, path: Path, ensembles: bool) -> list[str]:
    """The checkpoints that shall answer together, mostly one; raises InputError as above."""
    TASKS.check(arguments.task)
    searches = getattr(arguments, "search", None) or []
    parsed = [read_search(each) for each in ([searches] if isinstance(searches, str) else searches)]
    name = arguments.checkpoint
    if name is None:
        return [_suitable(load_task(arguments.task), path)]
    several = ensembles and "+" in name and not Path(name).exists()
    names = name.split("+") if several else [name]
    if several and any(search.learns for search in parsed):
        raise InputError(f"{searches} trains one model, and {name} are several; give one of them")
    for label in names:
        trained = read_header(find_checkpoint(label))["task"]
        if trained != arguments.task:
            raise InputError(
                f"checkpoint {label} was trained for the task {trained}, not for {arguments.task}; "
                f"give one for {arguments.task} or leave --checkpoint out"
            )
    return names


def products(arguments: argparse.Namespace, model: SequenceModel) -> AbstractContextManager[None]:
    """Inside, matrix products are as `--precision` says; a search that learns keeps its weights."""
    from ptrnet_suite.runtime.precision import matrix_products

    layers = [] if read_search(arguments.search).learns else model.castable
    return matrix_products(arguments.precision, next(model.parameters()).device, layers)


def read_instances(
    task: Task,
    path: Path,
    limit: int | None = None,
    strict: bool = False,
    counted: bool = False,
) -> Instances:
    """The first `limit` instances of a file or a name, checked; raises InputError.

    strict: refuses what `Formats.accept` would answer otherwise. counted: as in `open_inputs`.
    """
    instances = _read(task, path)
    if counted:
        instances = task.counted(instances)
    if len(instances) == 0:
        raise InputError(f"{path} has no instances")
    if limit is not None and limit < len(instances):
        instances = instances.subset(range(limit))
    return task.formats.accept(instances, strict)


def size_range(instances: Instances) -> list[int]:
    """The smallest and the largest number of items in an instance."""
    sizes = instances.sizes()
    return [int(sizes.min()), int(sizes.max())]


def _read(task: Task, path: Path) -> Instances:
    """A file as it is, whether solved or not; else what the task knows by that name."""
    return task.formats.read(path) if path.exists() else task.source(str(path))


def _suitable(task: Task, path: Path) -> str:
    """The shipped checkpoint for instances of the file's usual size."""
    import numpy as np

    return default_checkpoint(task.name, int(np.median(_read(task, path).sizes())))
