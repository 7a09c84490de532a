"""`ptrnet data`: seeded instances with the solutions of the task's best reference."""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptrnet_suite.cli.arguments import Parser, add_task_arguments, at_least, chosen_task
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.registry import unknown

if TYPE_CHECKING:
    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.task.base import Task

CHUNK = 500
"""Instances labelled at a time."""

WORTHWHILE = 10.0
"""Seconds of labelling from which on further processes, each of which loads torch, are faster."""


def run(given: Sequence[str]) -> None:
    """Parses, generates, labels and writes."""
    arguments = _parser().parse_args(given)
    task = chosen_task(arguments)
    distribution = arguments.distribution or task.distributions[0]
    if distribution not in task.distributions:
        raise InputError(unknown(f"{task.name} distribution", distribution, task.distributions))
    instances = task.generate(arguments.size, arguments.count, arguments.seed, distribution)
    task.formats.check(instances)
    _try_writing(task, instances, arguments)
    if arguments.label:
        instances = labelled(task, instances, arguments.processes)
    task.formats.write(instances, arguments.out)
    print(f"{arguments.out}: {len(instances)} instances of size {arguments.size}, {distribution}")


def _try_writing(task: Task, instances: Instances, arguments: argparse.Namespace) -> None:
    """Finds out that the file cannot be written before hours of labelling, not after."""
    first = instances.subset([0])
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"first{arguments.out.suffix}"
        try:
            task.formats.write(task.label(first) if arguments.label else first, target)
        except InputError as error:
            raise InputError(str(error).replace(str(target), str(arguments.out))) from error
    arguments.out.parent.mkdir(parents=True, exist_ok=True)


def labelled(task: Task, instances: Instances, processes: int | None = None) -> Instances:
    """The instances with solutions, labelled by several processes, in their order."""
    from ptrnet_suite.reporting.progress import counting
    from ptrnet_suite.runtime.processes import usable_cores

    chunks = [
        instances.subset(range(start, min(start + CHUNK, len(instances))))
        for start in range(0, len(instances), CHUNK)
    ]
    workers = min(processes or usable_cores(), len(chunks))
    done = []
    with counting("labels", len(instances)) as tell:
        for chunk in _label_chunks(task, chunks, workers):
            done.append(chunk)
            tell(len(chunk))
    return joined(instances, done)


def joined(instances: Instances, chunks: Sequence[Instances]) -> Instances:
    """`instances` with the solutions and columns of its labelled chunks, in order."""
    from dataclasses import replace

    solutions = _concatenated([chunk.solutions for chunk in chunks])
    columns = {
        name: _concatenated([chunk.columns[name] for chunk in chunks]) for name in chunks[0].columns
    }
    return replace(instances, solutions=solutions, columns=columns)


def _label_chunks(task: Task, chunks: list[Instances], workers: int) -> Iterator[Instances]:
    began = time.perf_counter()
    yield task.label(chunks[0])
    chunks = chunks[1:]
    left = (time.perf_counter() - began) * len(chunks)
    if workers == 1 or left < WORTHWHILE:
        yield from map(task.label, chunks)
        return
    # Forking this process, whose torch already has threads, may hang; a fresh server's may not.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(["ptrnet_suite.task.registry"])
    with ProcessPoolExecutor(workers, context, _one_thread) as pool:
        jobs = [pool.submit(_label, task.name, task.options(), chunk) for chunk in chunks]
        for job in jobs:
            yield job.result()


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _label(name: str, options: dict[str, Any], chunk: Instances) -> Instances:
    from ptrnet_suite.task.registry import load_task

    return load_task(name, options).label(chunk)


def _concatenated(parts: Sequence[Any]) -> Any:
    import numpy as np

    if all(isinstance(part, np.ndarray) for part in parts) and (
        len({part.shape[1:] for part in parts}) == 1
    ):
        return np.concatenate(parts)
    return [row for part in parts for row in part]


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        "data",
        "Generates instances and labels them with the task's best reference solver.",
        "ptrnet data tsp --size 50 --count 10000 --seed 1 --out tsp50.npz",
    )
    add_task_arguments(parser)
    parser.add_argument("--size", required=True, type=at_least(1), metavar="N", help="items each")
    parser.add_argument("--count", required=True, type=at_least(1), metavar="M", help="instances")
    parser.add_argument(
        "--seed", required=True, type=at_least(0), metavar="S", help="same seed, same instances"
    )
    parser.add_argument(
        "--distribution", metavar="D", help="see `ptrnet list` (default: the task's first)"
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help="format by suffix, such as .npz"
    )
    parser.add_argument(
        "--label",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="with solutions (the default) or without",
    )
    parser.add_argument(
        "--processes", type=at_least(1), metavar="K", help="for labelling (default: every core)"
    )
    return parser
