"""What a benchmark consists of: shipped checkpoints by task, and the cases that are asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import Checkpoint, default_checkpoint, load_checkpoint, shipped
from ptrnet_suite.studies.bench.files import file_case, open_data
from ptrnet_suite.studies.bench.names import PAPER, SPEED, check_names
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_suite.task.registry import task_names


@dataclass
class TaskBench:
    """One task with its options, its checkpoints by name, and what is run with them."""

    title: str
    task: Task
    checkpoints: dict[str, Checkpoint]
    cases: list[BenchCase] = field(default_factory=list)

    def owns(self, case: BenchCase) -> bool:
        """Whether no other benchmark has the checkpoint that the case asks for."""
        asked = case.checkpoint
        return asked is None or asked in self.checkpoints or asked not in shipped()

    def checkpoint(self, case: BenchCase) -> Checkpoint:
        """The one that the case prefers where it is shipped, else the one that suits its size."""
        name = case.checkpoint
        if name not in self.checkpoints:
            name = default_checkpoint(self.task.name, case.size)
        return self.checkpoints.get(name, next(iter(self.checkpoints.values())))


def make_benches(
    names: Sequence[str], data: Sequence[Path], device: torch.device | str
) -> list[TaskBench]:
    """The benchmarks of the tasks named (all when none is), with their plans and the data files.

    Raises InputError for an unknown name, a file that no task reads, and where nothing is shipped.
    """
    tasks = [name for name in names if name not in (PAPER, SPEED)]
    check_names(names)
    benches = _by_task(tasks, device)
    if not benches:
        raise InputError(f"no checkpoint is shipped for {', '.join(tasks) or 'any task'}")
    plans = [[case for case in bench.task.bench_plan() if bench.owns(case)] for bench in benches]
    for bench, plan in zip(benches, plans, strict=True):
        if PAPER in names:
            bench.cases = [case for case in plan if case.published]
        elif tasks or not names:
            bench.cases = list(plan)
    for file in open_data(data, {bench.task.name: bench.task for bench in benches}):
        place = [bench.task.name for bench in benches].index(file.task)
        benches[place].cases.append(file_case(file, plans[place]))
    return benches


def _by_task(tasks: Sequence[str], device: torch.device | str) -> list[TaskBench]:
    """Shipped checkpoints, those of the same task and options together."""
    benches: dict[str, TaskBench] = {}
    for name in shipped():
        checkpoint = load_checkpoint(name)
        task = checkpoint.task
        if tasks and task.name not in tasks:
            continue
        checkpoint.model.to(device).eval()
        key = json.dumps([task.name, task.options()], sort_keys=True)
        title = task.name.replace("_", " ")
        if any(bench.title == title for other, bench in benches.items() if other != key):
            title = f"{title}: {name}"
        benches.setdefault(key, TaskBench(title, task, {})).checkpoints[name] = checkpoint
    order = task_names()
    return sorted(benches.values(), key=lambda bench: order.index(bench.task.name))
