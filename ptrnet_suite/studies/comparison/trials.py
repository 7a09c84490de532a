"""The runs of a plan, and the instances that they share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, final

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.runtime.json_documents import read_json
from ptrnet_suite.runtime.parse_config import parse_config
from ptrnet_suite.studies.comparison.plan import PARTS, Plan, TaskPlan, folder_name, varied
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.config import TrainingConfig

RESULT = "result.json"
"""File of a complete run with its figures."""


@final
class DataPaths(NamedTuple):
    """Labelled instances of a task."""

    training: list[str]
    validation: str
    test: list[str]


@final
@dataclass(frozen=True)
class Trial:
    """A run to make: its task, config and folder, its test data, and limits of input lengths."""

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
        """Task, variant and seed as text."""
        return f"{self.label}, {self.variant}, seed {self.seed}"

    def config_json(self) -> dict[str, Any]:
        """The config as it is read back from JSON."""
        content: dict[str, Any] = json.loads(json.dumps(self.config.to_dict()))
        return content

    @property
    def is_done(self) -> bool:
        """Whether the run is complete, with the ranges of lengths that are asked for."""
        path = self.folder / RESULT
        if not path.is_file() or not self.by_length:
            return path.is_file()
        by_length = read_result(path).get("by_length", {})
        return bool(by_length.get("limits") == self.by_length)

    def check_folder(self) -> None:
        """Raises InputError where the folder holds a run of another config."""
        path = self.folder / "config.json"
        if path.is_file() and read_json(path).get("config") != self.config_json():
            raise InputError(
                f"{self.folder} holds a run with another config or budget; "
                "name another folder with --output"
            )


@final
@dataclass(frozen=True)
class _WrittenLengths:
    """Figures by length of a result, for the limits that were asked for."""

    limits: list[int]
    best: list[dict[str, Any]]


@final
@dataclass(frozen=True)
class _WrittenResult:
    """What a complete run writes, as far as it is worked with; figures may be undefined."""

    test: dict[str, dict[str, Any]]
    steps: int = number(low=0)
    instances: int = number(low=0)
    cpu_seconds: float = number(low=0)
    by_length: _WrittenLengths | None = None


def read_result(path: Path) -> dict[str, Any]:
    """A complete run's result; raises InputError for what is none."""
    content = read_json(path, undefined=True)
    parse_config(_WrittenResult, content, str(path), open=True)
    return content


def make_data(plan: TaskPlan, folder: Path, on_progress: Callable[[str], None]) -> DataPaths:
    """Generates and labels the instances of a task, unless they are there from before.

    on_progress: takes a description of each set of instances before it is made.
    """
    task = load_task(plan.task, plan.config.options)
    if plan.sources:
        return _copy_sources(task, plan, folder)
    low, high = plan.sizes[0], plan.sizes[-1]
    sizes = range(low, high + 1)

    def generate(part: str, size: int, count: int, seed: int) -> str:
        name = f"{part}_{size}_{plan.distribution}_{count}_{seed}{plan.suffix}"
        path = folder / name
        if not path.is_file():
            on_progress(f"{count} instances of size {size} for {part}")
            path.parent.mkdir(parents=True, exist_ok=True)
            task.formats.write(
                task.label(task.generate(size, count, seed, plan.distribution)), path
            )
        return str(path)

    # Far apart, so that no two sets of instances share a seed.
    first = 1_000_000 * plan.seed
    count = -(-plan.training // len(sizes))
    training = [generate("training", size, count, first + size) for size in sizes]
    validation = generate("validation", high, plan.validation, first + 100_000)
    count = -(-plan.test // len(plan.tested))
    test = [
        generate("test", size, count, first + 200_000 + index)
        for index, size in enumerate(plan.tested)
    ]
    return DataPaths(training, validation, test)


def _copy_sources(task: Task, plan: TaskPlan, folder: Path) -> DataPaths:
    """The first instances of the plan's sources, as many as it asks for."""
    paths = {}
    for part, count in zip(PARTS, (plan.training, plan.validation, plan.test), strict=True):
        source = plan.sources[part]
        path = folder / f"{part}_{folder_name(source)}_{count}{plan.suffix}"
        if not path.is_file():
            instances = task.source(source)
            path.parent.mkdir(parents=True, exist_ok=True)
            first = instances.subset(range(min(count, len(instances))))
            task.formats.write(first, path)
        paths[part] = str(path)
    return DataPaths([paths["training"]], paths["validation"], [paths["test"]])


def make_trials(plan: Plan, folder: Path, on_progress: Callable[[str], None]) -> list[Trial]:
    """Every run of a plan, one seed of everything after the other; raises InputError.

    The instances are made first.
    """
    files = {
        label: make_data(
            task_plan, folder / "data" / folder_name(label), _with_label(on_progress, label)
        )
        for label, task_plan in plan.tasks.items()
    }
    trials = [
        _trial(plan, label, variant, seed, files[label], folder)
        for seed in range(1, plan.seeds + 1)
        for label in plan.tasks
        for variant in plan.differences
    ]
    for trial in trials:
        trial.check_folder()
    return trials


def _with_label(on_progress: Callable[[str], None], label: str) -> Callable[[str], None]:
    """The same function, with a task's label before each description."""
    return lambda text: on_progress(f"{label}: {text}")


def _trial(
    plan: Plan, label: str, variant: str, seed: int, files: DataPaths, folder: Path
) -> Trial:
    task_plan = plan.tasks[label]
    base = varied(task_plan, plan.differences[variant])
    validation = replace(
        base.validation,
        source=files.validation,
        count=task_plan.validation,
        minutes=plan.minutes / plan.validations,
        gradient_batches=plan.gradient_batches,
    )
    config = replace(
        base,
        data=replace(base.data, sources=files.training),
        validation=validation,
        minutes=plan.minutes,
        threads=1,
        seed=seed,
    )
    run_folder = folder / "runs" / folder_name(label) / folder_name(variant) / f"seed{seed}"
    return Trial(
        label, variant, seed, task_plan.task, config, run_folder, files.test, task_plan.by_length
    )
