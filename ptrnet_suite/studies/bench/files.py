"""Data files that a user adds to a benchmark: the task that reads each, and its case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase

MOST = 1000
"""Most instances of one file that are tried."""


@final
@dataclass(frozen=True)
class DataFile:
    """A file and the task that reads it."""

    path: Path
    task: str
    instances: Instances


def open_data(files: Sequence[Path], tasks: Mapping[str, Task]) -> list[DataFile]:
    """Reads each file by the one task that can.

    Several tasks share some formats: the one whose name is in the path is meant then. Raises
    InputError for a file that no task or more than one can read.
    """
    return [_open(path, tasks) for path in files]


def _open(path: Path, tasks: Mapping[str, Task]) -> DataFile:
    readable: dict[str, DataFile] = {}
    reasons: list[str] = []
    for name, task in tasks.items():
        try:
            instances = task.counted(task.formats.read(path))
            instances = instances.subset(range(min(MOST, len(instances))))
            task.formats.check(instances)
            # Some files serve solvers alone, which is better told now than after all other runs.
            task.batch(instances.subset([0]))
        except InputError as error:
            reasons.append(f"{name}: {error}")
            continue
        readable[name] = DataFile(path, name, instances)
    if not readable:
        raise InputError(
            f"{path} can be read by no task that is benchmarked ({'; '.join(reasons)})"
        )
    named = [name for name in readable if name in str(path).lower()]
    fitting = named if len(named) == 1 else list(readable)
    if len(fitting) > 1:
        raise InputError(
            f"{path} can be read by {' and '.join(fitting)}; name the task, as in "
            f"`ptrnet bench {fitting[0]} --data {path}`"
        )
    return readable[fitting[0]]


def file_case(file: DataFile, plan: Sequence[BenchCase]) -> BenchCase:
    """A file's case: the same methods are run on it as on the plan's case nearest in size."""
    sizes = file.instances.sizes()
    size, count = int(np.median(sizes)), len(file.instances)
    near = min(
        plan,
        key=lambda case: (abs(np.log(case.size / max(1, size))), -len(case.references)),
        default=BenchCase("", "", size, count),
    )
    return BenchCase(
        name=f"{file.path.name} (n = {size})" if np.ptp(sizes) == 0 else file.path.name,
        table="data files",
        size=int(sizes.max()),
        count=count,
        instances=lambda: file.instances,
        searches=near.searches,
        references=near.references,
        examples=next((case.examples for case in plan if case.examples), None),
    )
