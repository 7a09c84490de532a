"""The runs of a plan, and the instances that they share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from ptrnet_suite.errors import InputError
from ptrnet_suite.studies.comparison.plan import PARTS, Plan, TaskPlan, folder_name, varied
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.config import TrainingConfig

RESULT = "result.json"
"""What a complete run leaves in its folder."""


class DataPaths(NamedTuple):
    """Labelled instances of a task."""

    training: list[str]
    validation: str
    test: list[str]


@dataclass(frozen=True)
class Trial:
    """A run to make: what, where, what it is tested on, and what is told apart by length."""

    label: str
    variant: str
    seed: int
    task: str
    config: TrainingConfig
    folder: Path
    test: list[str]
    by_length: list[int]

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.label}, {self.variant}, seed {self.seed}"

    def told(self) -> dict[str, Any]:
        """The config as JSON keeps it."""
        told: dict[str, Any] = json.loads(json.dumps(self.config.to_dict()))
        return told

    @property
    def is_done(self) -> bool:
        """Whether the run is complete, with the ranges of lengths that are asked for."""
        path = self.folder / RESULT
        if not path.is_file() or not self.by_length:
            return path.is_file()
        told = json.loads(path.read_text(encoding="utf-8"))
        return bool(told.get("by_length", {}).get("limits") == self.by_length)

    def check_folder(self) -> None:
        """Raises InputError where the folder holds a run of another config."""
        path = self.folder / "config.json"
        if path.is_file() and json.loads(path.read_text())["config"] != self.told():
            raise InputError(
                f"{self.folder} holds a run with another config or budget; "
                "name another folder with --output"
            )


def make_data(plan: TaskPlan, folder: Path, tell: Callable[[str], None]) -> DataPaths:
    """Generates and labels the instances of a task, unless they are there from before.

    `tell` is told what is under way.
    """
    task = load_task(plan.task, plan.config.options)
    if plan.sources:
        return _taken(task, plan, folder)
    low, high = plan.sizes[0], plan.sizes[-1]
    sizes = range(low, high + 1)

    def made(what: str, size: int, count: int, seed: int) -> str:
        name = f"{what}_{size}_{plan.distribution}_{count}_{seed}{plan.suffix}"
        path = folder / name
        if not path.is_file():
            tell(f"{count} instances of size {size} for {what}")
            path.parent.mkdir(parents=True, exist_ok=True)
            task.formats.write(
                task.label(task.generate(size, count, seed, plan.distribution)), path
            )
        return str(path)

    # Far apart, so that no two sets of instances share a seed.
    first = 1_000_000 * plan.seed
    each = -(-plan.training // len(sizes))
    training = [made("training", size, each, first + size) for size in sizes]
    validation = made("validation", high, plan.validation, first + 100_000)
    each = -(-plan.test // len(plan.tested))
    test = [
        made("test", size, each, first + 200_000 + place) for place, size in enumerate(plan.tested)
    ]
    return DataPaths(training, validation, test)


def _taken(task: Task, plan: TaskPlan, folder: Path) -> DataPaths:
    """The first instances of the plan's sources, as many as it asks for."""
    paths = {}
    for what, count in zip(PARTS, (plan.training, plan.validation, plan.test), strict=True):
        source = plan.sources[what]
        path = folder / f"{what}_{folder_name(source)}_{count}{plan.suffix}"
        if not path.is_file():
            found = task.source(source)
            path.parent.mkdir(parents=True, exist_ok=True)
            task.formats.write(found.subset(range(min(count, len(found)))), path)
        paths[what] = str(path)
    return DataPaths([paths["training"]], paths["validation"], [paths["test"]])


def make_trials(plan: Plan, folder: Path, tell: Callable[[str], None]) -> list[Trial]:
    """Every run of a plan, one seed of everything after the other; raises InputError.

    The instances are made first.
    """
    files = {
        label: make_data(one, folder / "data" / folder_name(label), _told_of(tell, label))
        for label, one in plan.tasks.items()
    }
    trials = [
        _order(plan, label, variant, seed, files[label], folder)
        for seed in range(1, plan.seeds + 1)
        for label in plan.tasks
        for variant in plan.differences
    ]
    for trial in trials:
        trial.check_folder()
    return trials


def _told_of(tell: Callable[[str], None], label: str) -> Callable[[str], None]:
    """The same function, with a task's label before what it is told."""
    return lambda what: tell(f"{label}: {what}")


def _order(
    plan: Plan, label: str, variant: str, seed: int, files: DataPaths, folder: Path
) -> Trial:
    one = plan.tasks[label]
    own = varied(one, plan.differences[variant])
    validation = replace(
        own.validation,
        source=files.validation,
        count=one.validation,
        minutes=plan.minutes / plan.validations,
        gradient_batches=plan.gradient_batches,
    )
    config = replace(
        own,
        data=replace(own.data, sources=files.training),
        validation=validation,
        minutes=plan.minutes,
        threads=1,
        seed=seed,
    )
    place = folder / "runs" / folder_name(label) / folder_name(variant) / f"seed{seed}"
    return Trial(label, variant, seed, one.task, config, place, files.test, one.by_length)
