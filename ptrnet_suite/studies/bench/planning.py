"""A benchmark before it runs: checkpoints by task, and the cases that are asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import final

import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import Checkpoint, load_checkpoint
from ptrnet_suite.model.checkpoint_files import default_checkpoint, shipped
from ptrnet_suite.reporting.run_labels import short_labels
from ptrnet_suite.studies.bench.files import file_case, open_data
from ptrnet_suite.studies.bench.names import PAPER, SPEED, check_names
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_suite.task.registry import bench_plan, load_task, task_names


@final
@dataclass
class TaskBench:
    """One task with its options, the checkpoints that are tried on it, and its cases.

    shipped: those that come with the task, by name, of which each case has one; given: further
    ones, which are tried on every case.
    """

    title: str
    task: Task
    shipped: dict[str, Checkpoint] = field(default_factory=dict)
    given: list[Checkpoint] = field(default_factory=list)
    cases: list[BenchCase] = field(default_factory=list)

    @property
    def checkpoints(self) -> list[Checkpoint]:
        """All of them."""
        return [*self.shipped.values(), *self.given]

    def plan(self) -> list[BenchCase]:
        """The task's cases, without those of checkpoints that another benchmark has.

        Where nothing is shipped, cases that differ in the checkpoint alone are one.
        """
        cases = bench_plan(self.task)
        if self.shipped:
            return [case for case in cases if case.checkpoint not in {*shipped()} - {*self.shipped}]
        return list({(case.table, case.name): case for case in reversed(cases)}.values())[::-1]

    def shipped_for(self, case: BenchCase) -> Checkpoint | None:
        """The one that the case prefers where it is shipped, else the one that suits its size."""
        if not self.shipped:
            return None
        name = case.checkpoint
        if name not in self.shipped:
            name = default_checkpoint(self.task.name, case.size)
        return self.shipped.get(name, next(iter(self.shipped.values())))


def make_benches(
    names: Sequence[str],
    data: Sequence[Path],
    device: torch.device | str,
    checkpoints: Sequence[str] = (),
) -> list[TaskBench]:
    """The benchmarks of the tasks named, with their plans and the data files.

    Without names these are the tasks of the checkpoints given, else all for which one is shipped.
    Raises InputError for an unknown name, a file that no task reads, and where nothing can be run.
    """
    tasks = [name for name in names if name not in (PAPER, SPEED)]
    check_names(names)
    given = _given(checkpoints, tasks)
    if given and not names:
        tasks = [checkpoint.task.name for checkpoint in given]
    benches = _by_task(tasks, given)
    if not benches:
        raise InputError("no checkpoint is shipped for any task; name a task or give --checkpoint")
    for bench in benches:
        for checkpoint in bench.checkpoints:
            checkpoint.model.to(device).eval()
    plans = [bench.plan() for bench in benches]
    for bench, plan in zip(benches, plans, strict=True):
        if PAPER in names:
            bench.cases = [case for case in plan if case.published]
        elif tasks or not names:
            bench.cases = list(plan)
    for file in open_data(data, {bench.task.name: bench.task for bench in benches}):
        index = [bench.task.name for bench in benches].index(file.task)
        benches[index].cases.append(file_case(file, plans[index]))
    if tasks and PAPER not in names:
        _check_runnable(benches)
    return benches


def _check_runnable(benches: Sequence[TaskBench]) -> None:
    """Raises InputError for a benchmark without anything to run."""
    for bench in benches:
        name = bench.task.name
        if bench.checkpoints and not bench.cases:
            raise InputError(
                f"{bench.title} has no benchmark of its own; accepted is data with --data FILE"
            )
        if not bench.checkpoints and not any(case.references for case in bench.cases):
            raise InputError(
                f"no checkpoint is shipped for the task {name}, and its benchmark has no reference "
                "solvers; give a trained run with --checkpoint"
            )


def _given(names: Sequence[str], tasks: Sequence[str]) -> list[Checkpoint]:
    """The checkpoints of these names or files, named so that they can be told apart.

    Raises InputError for one of another task than those asked for.
    """
    loaded = [load_checkpoint(name) for name in names]
    for name, checkpoint in zip(names, loaded, strict=True):
        if tasks and checkpoint.task.name not in tasks:
            raise InputError(
                f"checkpoint {name} is of the task {checkpoint.task.name}; "
                f"benchmarked are {', '.join(tasks)}"
            )
    labels = short_labels([checkpoint.path for checkpoint in loaded])
    return [replace(each, name=label) for each, label in zip(loaded, labels, strict=True)]


def _by_task(tasks: Sequence[str], given: Sequence[Checkpoint]) -> list[TaskBench]:
    """Benchmarks of these tasks (all when none is named), one for each set of a task's options."""
    benches: dict[str, TaskBench] = {}
    for name in shipped():
        checkpoint = load_checkpoint(name)
        if not tasks or checkpoint.task.name in tasks:
            _bench_of(checkpoint, benches).shipped[name] = checkpoint
    for checkpoint in given:
        _bench_of(checkpoint, benches).given.append(checkpoint)
    benched = {bench.task.name for bench in benches.values()}
    for name in dict.fromkeys(tasks):
        if name not in benched:
            benches[name] = TaskBench(_words(name), load_task(name))
    order = task_names()
    return sorted(benches.values(), key=lambda bench: order.index(bench.task.name))


def _bench_of(checkpoint: Checkpoint, benches: dict[str, TaskBench]) -> TaskBench:
    """The benchmark of the checkpoint's task and options, a new one where there is none yet."""
    task = checkpoint.task
    key = json.dumps([task.name, task.options()], sort_keys=True)
    if key not in benches:
        title = _words(task.name)
        if any(bench.title == title for bench in benches.values()):
            title = f"{title}: {checkpoint.name}"
        benches[key] = TaskBench(title, task)
    return benches[key]


def _words(name: str) -> str:
    return name.replace("_", " ")
