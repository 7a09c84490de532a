"""From a task's name, a data file and perhaps a checkpoint to what evaluate and solve work on."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.model.checkpoint import Checkpoint
    from ptrnet_suite.model.seq2seq import Seq2Seq
    from ptrnet_suite.task.base import Task


class Inputs(NamedTuple):
    """A checkpoint on its device and the instances it shall answer."""

    checkpoint: Checkpoint
    instances: Instances


def open_inputs(arguments: argparse.Namespace, path: Path, ensembles: bool = False) -> Inputs:
    """Reads and checks the file, and loads the checkpoint named or the one that suits it.

    ensembles: `ONE+ANOTHER` names checkpoints that answer together. Raises InputError for an
    unknown task, an unusable file, or a checkpoint of another task.
    """
    from ptrnet_suite.evaluation.decode import check_one_model
    from ptrnet_suite.runtime.device import choose_device, set_threads
    from ptrnet_suite.search.spec import parse_search
    from ptrnet_suite.task.registry import load_task

    task = load_task(arguments.task)
    set_threads(arguments.threads)
    device = choose_device(arguments.device)
    if arguments.checkpoint is None:
        checkpoint = _suitable(task, path)
    else:
        checkpoint = _named(task, arguments.checkpoint, ensembles)
    if ensembles:
        check_one_model(checkpoint.model, parse_search(arguments.search))
    instances = read_instances(checkpoint.task, path, arguments.limit)
    checkpoint.model.to(device).eval()
    return Inputs(checkpoint, instances)


def products(arguments: argparse.Namespace, model: Seq2Seq) -> AbstractContextManager[None]:
    """Inside, matrix products are as `--precision` says; a search that learns keeps its weights."""
    from ptrnet_suite.runtime.precision import matrix_products
    from ptrnet_suite.search.spec import parse_search

    layers = [] if parse_search(arguments.search).learns else model.castable
    return matrix_products(arguments.precision, next(model.parameters()).device, layers)


def read_instances(task: Task, path: Path, limit: int | None = None) -> Instances:
    """The first `limit` instances of a file or a name, checked; raises InputError."""
    instances = _read(task, path)
    if len(instances) == 0:
        raise InputError(f"{path} has no instances")
    if limit is not None and limit < len(instances):
        instances = instances.subset(range(limit))
    task.check(instances)
    return instances


def size_range(instances: Instances) -> list[int]:
    """The smallest and the largest number of items in an instance."""
    sizes = instances.sizes()
    return [int(sizes.min()), int(sizes.max())]


def _read(task: Task, path: Path) -> Instances:
    """A file as it is, whether solved or not; else what the task knows by that name."""
    return task.read(path) if path.exists() else task.source(str(path))


def _named(task: Task, name: str, ensembles: bool) -> Checkpoint:
    from ptrnet_suite.model.checkpoint import load_checkpoint
    from ptrnet_suite.model.ensemble import load_checkpoints

    checkpoint = load_checkpoints(name) if ensembles else load_checkpoint(name)
    if checkpoint.task.name != task.name:
        raise InputError(
            f"checkpoint {name} was trained for the task {checkpoint.task.name}, "
            f"not for {task.name}; give one for {task.name} or leave --checkpoint out"
        )
    return checkpoint


def _suitable(task: Task, path: Path) -> Checkpoint:
    """The shipped checkpoint for instances of the file's usual size."""
    import numpy as np

    from ptrnet_suite.model.checkpoint import default_checkpoint, load_checkpoint

    size = int(np.median(_read(task, path).sizes()))
    return load_checkpoint(default_checkpoint(task.name, size))
