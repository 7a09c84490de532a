"""What is compared: tasks with their models, and strategies by label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from jsonargparse import ArgumentError, ArgumentParser

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.length_buckets import check_limits
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.registry import load_task, task_folder, task_names
from ptrnet_suite.training.checks import check_config
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.strategies.table import make_strategy

PARTS = ("training", "validation", "test")


@dataclass(frozen=True)
class TaskPlan:
    """One task, the instances that every run of it shares, and the config of every run."""

    task: str
    """the task's name"""
    sizes: list[int] = field(default_factory=lambda: [10, 10])
    """smallest and largest size of training instances; the largest is validated and tested"""
    test_sizes: list[int] = field(default_factory=list)
    """smallest and largest size of test instances, as many of each; empty for `sizes`' largest"""
    suffix: str = ".npz"
    """suffix of a format that the task writes"""
    distribution: str = "uniform"
    """distribution of all instances"""
    training: int = 20000
    """instances that are trained on, labelled once"""
    validation: int = 256
    """instances that choose the best checkpoint"""
    test: int = 1000
    """instances that the table is made from"""
    seed: int = 1
    """seed of all these instances"""
    sources: dict[str, str] = field(default_factory=dict)
    """`training`, `validation` and `test` as names that the task knows, in place of generating"""
    by_length: list[int] = field(default_factory=list)
    """greatest input length of each range that is told and drawn apart; empty for none"""
    config: TrainingConfig = field(default_factory=TrainingConfig)
    """what the runs have in common"""

    @property
    def tested(self) -> range:
        """Sizes of generated test instances."""
        sizes = self.test_sizes or self.sizes
        return range(sizes[0] if self.test_sizes else sizes[-1], sizes[-1] + 1)


@dataclass(frozen=True)
class Plan:
    """A comparison; every variant is trained on every task with every seed."""

    tasks: dict[str, TaskPlan]
    """label -> task"""
    strategies: dict[str, dict[str, Any]] = field(default_factory=dict)
    """label -> `strategy` of a training config; a variant for each"""
    variants: dict[str, dict[str, Any]] = field(default_factory=dict)
    """label -> what differs from the task's config; the first is drawn beside each of the others"""
    title: str = "Training strategies"
    """what is compared, for headings"""
    stability: list[str] = field(default_factory=list)
    """labels of up to six variants whose gradients and entropies are drawn"""
    minutes: float = 1.0
    """CPU minutes of training for each run"""
    seeds: int = 3
    """runs of each strategy on each task"""
    validations: int = 20
    """validations of each run"""
    gradient_batches: int = 8
    """further batches from which each validation estimates how noisy the gradient is"""

    @property
    def differences(self) -> dict[str, dict[str, Any]]:
        """Label -> what differs from a task's config, for every variant."""
        return {label: {"strategy": one} for label, one in self.strategies.items()} | self.variants

    @property
    def word(self) -> str:
        """What a variant is called."""
        return "variant" if self.variants else "strategy"


def read_plan(name: str) -> Plan:
    """The plan in a file, or the one that an installed package of tasks has under that name.

    Raises InputError for an unknown name and for a plan with an unknown or wrong value.
    """
    path = find_plan(name)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no YAML: {error}") from error
    if not isinstance(values, dict):
        raise InputError(f"{path} is no plan: it must hold tasks and strategies")
    parser = ArgumentParser(exit_on_error=False)
    parser.add_class_arguments(Plan, None)
    try:
        plan = Plan(**vars(parser.instantiate(parser.parse_object(values))))
    except ArgumentError as error:
        raise InputError(f"plan {path}: {_told(error)}") from error
    check_plan(plan)
    return plan


def _told(error: ArgumentError) -> str:
    """The parser's words in one line, with the names of values and without those of classes."""
    text = re.sub(r"Problem with given class_path '[^']*':", "", str(error))
    text = re.sub(r"<class '(?:[\w.]+\.)?(\w+)'>", r"\1", text)
    text = re.sub(r'Parser key "([^"]+)"', r"\1", text).replace(". Got value: ", ", got ")
    return " ".join(text.split())


def find_plan(name: str) -> Path:
    """A file of that name, else the shipped plan; raises InputError where there is neither."""
    if Path(name).is_file():
        return Path(name)
    found = shipped_plans()
    if name not in found:
        known = ", ".join(found) or "none"
        raise InputError(f"there is no plan {name!r}: no such file; shipped are {known}")
    return found[name]


def shipped_plans() -> dict[str, Path]:
    """Plans in the folder `comparisons` of every installed package of tasks, by name."""
    folders = dict.fromkeys(task_folder(name).parent / "comparisons" for name in task_names())
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def check_plan(plan: Plan) -> None:
    """Raises InputError for a plan that cannot be run."""
    if not plan.tasks or not plan.differences:
        raise InputError("a plan must hold at least one task and one strategy or variant")
    for name, value, smallest in (
        ("minutes", plan.minutes, 1e-6),
        ("seeds", plan.seeds, 1),
        ("validations", plan.validations, 1),
    ):
        if value < smallest:
            raise InputError(f"{name} of the plan is {value}; it must be at least {smallest:g}")
    unknown = [label for label in plan.stability if label not in plan.differences]
    if unknown:
        raise InputError(f"stability names {unknown[0]!r}, which is none of the plan's labels")
    for labels in (plan.tasks, plan.differences):
        _check_distinct(labels)
    for label, one in plan.tasks.items():
        spec = load_task(one.task, one.config.options).spec
        for config in (one.config, *(varied(one, told) for told in plan.differences.values())):
            check_config(config)
            make_strategy(config.strategy)
            Seq2Seq(config.model, spec)
        _check_instances(label, one)


def _check_instances(label: str, one: TaskPlan) -> None:
    if one.sources and set(one.sources) != set(PARTS):
        raise InputError(f"sources of {label} are {one.sources}; accepted are {PARTS}, all three")
    if one.sources and one.test_sizes:
        raise InputError(f"{label} has sources and test_sizes; accepted is one of them")
    _check_sizes(f"sizes of {label}", one.sizes)
    if one.test_sizes:
        _check_sizes(f"test_sizes of {label}", one.test_sizes)
    if min(one.training, one.validation, one.test) < 1:
        raise InputError(f"{label} needs instances for training, validation and test")
    if one.by_length:
        try:
            check_limits(one.by_length)
        except InputError as error:
            raise InputError(f"by_length of {label}: {error}") from error


def _check_sizes(what: str, sizes: list[int]) -> None:
    if len(sizes) not in (1, 2) or not 1 <= sizes[0] <= sizes[-1]:
        raise InputError(f"{what} are {sizes}; accepted is [smallest, largest]")


def varied(plan: TaskPlan, differences: Mapping[str, Any]) -> TrainingConfig:
    """The task's config with a variant's differences; raises InputError for an unknown one."""
    merged = _merged(plan.config.to_dict(), differences)
    parser = ArgumentParser(exit_on_error=False)
    parser.add_class_arguments(TrainingConfig, None)
    try:
        return TrainingConfig(**vars(parser.instantiate(parser.parse_object(merged))))
    except ArgumentError as error:
        raise InputError(f"variant {dict(differences)}: {_told(error)}") from error


def _merged(values: dict[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    """Nested values with nested differences; a strategy is one value."""
    told = dict(values)
    for name, new in differences.items():
        nested = isinstance(new, Mapping) and isinstance(told.get(name), dict)
        told[name] = _merged(told[name], new) if nested and name != "strategy" else new
    return told


def _check_distinct(labels: Iterable[str]) -> None:
    folders: dict[str, str] = {}
    for label in labels:
        other = folders.setdefault(folder_name(label), label)
        if other != label:
            raise InputError(f"{label!r} and {other!r} would share a folder; name one otherwise")


def folder_name(label: str) -> str:
    """A label as a folder's name: lower case, words joined by `_`."""
    return re.sub(r"\W+", "_", label.lower()).strip("_")


def changed(
    plan: Plan, minutes: float | None, seeds: int | None, only: Iterable[str] | None
) -> Plan:
    """The plan with another budget or other seeds, or with some of its tasks alone.

    Raises InputError for a task that it has not.
    """
    chosen = list(only or plan.tasks)
    for label in chosen:
        if label not in plan.tasks:
            raise InputError(f"the plan has no task {label!r}; it has {', '.join(plan.tasks)}")
    return replace(
        plan,
        tasks={label: one for label, one in plan.tasks.items() if label in chosen},
        minutes=plan.minutes if minutes is None else minutes,
        seeds=plan.seeds if seeds is None else seeds,
    )
