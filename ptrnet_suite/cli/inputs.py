"""From a task's name, a data source and perhaps a checkpoint to what commands work on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast, final

from ptrnet_suite.cli.arguments import asked_ends
from ptrnet_suite.cli.data_source import Data, Selection, read_data, readable, sizes_of
from ptrnet_suite.cli.notes import beyond_training
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint_files import (
    default_checkpoint,
    find_checkpoint,
    read_header,
    shipped_headers,
    task_of,
)
from ptrnet_suite.search.grammar import read_search
from ptrnet_suite.task.registry import TASKS, load_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.evaluation.answerer import Answerer
    from ptrnet_suite.model.checkpoint import Checkpoint
    from ptrnet_suite.task.base import Task

SHOWN = 5
"""Instances that a note names at most."""


@final
class Inputs(NamedTuple):
    """A checkpoint on its device and the instances it shall answer."""

    checkpoint: Checkpoint
    instances: Instances
    data: Data
    notes: Sequence[str]


@final
class Answerers(NamedTuple):
    """Who shall answer the data, the model first where there are a model and a solver."""

    answerers: Sequence[Answerer]
    data: Data
    notes: Sequence[str]


def open_inputs(arguments: argparse.Namespace, path: Path, counted: bool = False) -> Inputs:
    """Reads and checks the data, and loads the checkpoint named or the one that suits it.

    counted: whether what figures do not count, such as a source that stood before, is left out.
    Raises InputError for an unknown task or search, unusable data, or a checkpoint of another
    task: all of it before torch is imported.
    """
    _check_names(arguments)
    with readable(path) as place:
        name = arguments.checkpoint
        if name is None:
            sizes = sizes_of(load_task(arguments.task), place)
            name = default_checkpoint(arguments.task, int(_median(sizes)))
        file = find_checkpoint(name)
        task = task_of(read_header(file), file)
        data = read_data(task, place, path, _selection(arguments, counted))

    from ptrnet_suite.model.checkpoint import load_checkpoint
    from ptrnet_suite.runtime.device import choose_device, set_threads

    set_threads(arguments.threads)
    device = choose_device(arguments.device)
    checkpoint = load_checkpoint(name)
    checkpoint.model.to(device).eval()
    instances = data.instances
    notes = [*data.notes, *beyond_training(checkpoint, instances)]
    return Inputs(checkpoint, instances, data, notes)


def open_answerers(arguments: argparse.Namespace, path: Path, counted: bool = False) -> Answerers:
    """Reads and checks the data, and finds who shall answer it: models, a solver, or both.

    A solver alone where `--solver` is given without `--checkpoint` and `--search`. Without
    `--checkpoint` each instance goes to the shipped one that suits its size; `ONE+ANOTHER` answer
    together. counted: as in `open_inputs`. Raises InputError as that, and for a solver that the
    task does not have.
    """
    _check_names(arguments)
    with readable(path) as place:
        options = _options(arguments, place)
        task, ends = load_task(arguments.task, options), asked_ends(arguments)
        task = task.with_ends(**ends) if ends else task
        solver = None
        if arguments.solver is not None:
            from ptrnet_suite.evaluation.answerer import SolverAnswerer, find_solver

            solver = SolverAnswerer(task, find_solver(task, arguments.solver))
        data = read_data(task, place, path, _selection(arguments, counted))
    if solver is not None:
        solver.check(data.instances)
        if not wants_model(arguments):
            return Answerers([solver], data, data.notes)
    data = _with_features(task, data)
    model, notes = _model_answerer(arguments, data, options)
    return Answerers([model] if solver is None else [model, solver], data, notes)


def _with_features(task: Task, data: Data) -> Data:
    """The data without instances that no model can read, such as distances without coordinates.

    Where there are no others it stays as it is, for the model to say what it needs.
    """
    import numpy as np

    if task.spec.inputs != "vectors":
        return data
    kept, named = [], []
    for part in data.parts:
        empty = np.array([np.shape(item)[-1:] == (0,) for item in part.inputs], bool)
        named += [part.title(index) for index in np.flatnonzero(empty).tolist()]
        kept += [part.subset(np.flatnonzero(~empty)) if empty.any() else part]
    kept = [part for part in kept if len(part)]
    if not kept or not named:
        return data
    count, total = sum(map(len, kept)), sum(map(len, data.parts))
    which = ", ".join(named[:SHOWN]) + (f" and {len(named) - SHOWN} more" * (len(named) > SHOWN))
    note = (
        f"left out, for want of the coordinates that a model reads: {which}; classical solvers "
        "(--solver) do without"
    )
    title, facts = f"{count:,} of the {data.title}", {"of": total, **data.facts}
    return Data(kept, facts, title, (*data.notes, note))


def wants_model(arguments: argparse.Namespace) -> bool:
    """Whether a model shall answer: always, unless a solver alone is asked for."""
    return arguments.solver is None or (arguments.checkpoint, arguments.search) != (None, None)


def _model_answerer(
    arguments: argparse.Namespace, data: Data, options: dict[str, Any] | None
) -> tuple[Answerer, list[str]]:
    """The models that suit the data, and notes on it and on what it asks of them."""
    from ptrnet_suite.evaluation.model_answerer import ModelAnswerer, Share
    from ptrnet_suite.runtime.device import choose_device, set_threads
    from ptrnet_suite.studies.solver.checkpoints import CheckpointChoice

    set_threads(arguments.threads)
    device, instances = choose_device(arguments.device), data.instances
    choice = CheckpointChoice(arguments.task, arguments.checkpoint, device)
    ends = asked_ends(arguments)
    choice = choice.with_ends(**ends) if ends else choice
    shares = [Share(*share) for share in choice.by_size(instances.sizes(), options)]
    notes = [*data.notes]
    for share in shares:
        part = instances if len(shares) == 1 else instances.subset(share.indices)
        notes += beyond_training(share.checkpoint, part)
    search, batch_size = arguments.search or "greedy", arguments.batch_size
    model = ModelAnswerer(shares, search, batch_size, arguments.seed, arguments.precision)
    return model, notes


def _check_names(arguments: argparse.Namespace) -> None:
    """Raises InputError for an unknown task or search, and for a checkpoint of another task."""
    TASKS.check(arguments.task)
    searches = getattr(arguments, "search", None) or []
    parsed = [read_search(each) for each in ([searches] if isinstance(searches, str) else searches)]
    if arguments.checkpoint is None:
        return
    members = _members(arguments.checkpoint)
    if len(members) > 1 and any(search.learns for search in parsed):
        raise InputError(
            f"{searches} trains one model, and {arguments.checkpoint} are several; give one of them"
        )
    for label in members:
        trained = read_header(find_checkpoint(label))["task"]
        if trained != arguments.task:
            raise InputError(
                f"checkpoint {label} was trained for the task {trained}, not for {arguments.task}; "
                f"give one for {arguments.task} or leave --checkpoint out"
            )


def _members(name: str) -> list[str]:
    """The checkpoints that answer together, mostly one."""
    return name.split("+") if "+" in name and not Path(name).exists() else [name]


def _options(arguments: argparse.Namespace, place: Path) -> dict[str, Any] | None:
    """The task's options as the checkpoints named have them, else those that suit the data.

    None where a solver alone shall answer and no checkpoint is shipped.
    """
    if arguments.checkpoint is not None:
        file = find_checkpoint(_members(arguments.checkpoint)[0])
        header = read_header(file)
        task_of(header, file)
        return cast("dict[str, Any]", header["options"])
    sizes = sizes_of(load_task(arguments.task), place)
    tasks = [header["task"] for header in shipped_headers().values()]
    if arguments.task not in tasks and not wants_model(arguments):
        return None
    suitable = default_checkpoint(arguments.task, int(_median(sizes)))
    return cast("dict[str, Any]", shipped_headers()[suitable]["options"])


def _selection(arguments: argparse.Namespace, counted: bool) -> Selection:
    strict = getattr(arguments, "strict", False)
    return Selection(arguments.limit, arguments.seed, strict, counted)


def read_first(task: Task, path: Path, limit: int) -> Instances:
    """The first `limit` instances of a data source, checked; raises InputError."""
    with readable(path) as place:
        instances = read_data(task, place, path, Selection()).instances
    return instances.subset(range(min(limit, len(instances))))


def size_range(instances: Instances) -> list[int]:
    """The smallest and the largest number of items in an instance."""
    sizes = instances.sizes()
    return [int(sizes.min()), int(sizes.max())]


def _median(sizes: np.ndarray) -> float:
    import numpy as np

    return float(np.median(sizes))
