"""What is compared: tasks with their models, and strategies by label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, final

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.config_fields import Violation, number, numbers
from ptrnet_suite.runtime.parse_config import parse_config
from ptrnet_suite.runtime.registry import unknown
from ptrnet_suite.runtime.yaml_documents import read_yaml
from ptrnet_suite.task.registry import load_task, task_folder, task_names
from ptrnet_suite.training.config import TrainingConfig

PARTS = ("training", "validation", "test")

SIZES = "[smallest, largest]"

CONTENT = "accepted are plans with at least one task and one strategy or variant"


@final
@dataclass(frozen=True)
class TaskPlan:
    """One task, the instances that every run of it shares, and the config of every run."""

    task: str
    """the task's name"""
    sizes: list[int] = numbers([10, 10], low=1, form=SIZES, least=1, most=2)
    """smallest and largest size of training instances; the largest is validated and tested"""
    test_sizes: list[int] = numbers([], low=1, form=SIZES, most=2)
    """smallest and largest size of test instances, as many of each; empty for `sizes`' largest"""
    suffix: str = ".npz"
    """suffix of a format that the task writes"""
    distribution: str = "uniform"
    """distribution of all instances"""
    training: int = number(20000, low=1)
    """instances that are trained on, labelled once"""
    validation: int = number(256, low=1)
    """instances that choose the best checkpoint"""
    test: int = number(1000, low=1)
    """instances that the table is made from"""
    seed: int = number(1, low=0, high=1000)
    """seed of all these instances"""
    sources: dict[str, str] = field(default_factory=dict)
    """`training`, `validation` and `test` as names that the task knows, in place of generating"""
    by_length: list[int] = numbers([], low=1, form="rising lengths such as [10, 20, 30]")
    """greatest input length of each range that is reported and drawn apart; empty for none"""
    config: TrainingConfig = field(default_factory=TrainingConfig)
    """what the runs have in common"""

    @property
    def tested(self) -> range:
        """Sizes of generated test instances."""
        sizes = self.test_sizes or self.sizes
        return range(sizes[0] if self.test_sizes else sizes[-1], sizes[-1] + 1)

    def violations(self) -> Iterator[Violation]:
        """Ranges that fall, and instances that come from two places or from none."""
        for name, sizes in (("sizes", self.sizes), ("test_sizes", self.test_sizes)):
            if sizes and sizes[0] > sizes[-1]:
                yield Violation(name, f"accepted is {SIZES}, the smallest first")
        if any(low >= high for low, high in pairwise(self.by_length)):
            yield Violation("by_length", "accepted are rising lengths such as [10, 20, 30]")
        if self.sources and set(self.sources) != set(PARTS):
            yield Violation("sources", f"accepted are {', '.join(PARTS)}, all three")
        if self.sources and self.test_sizes:
            yield Violation("test_sizes", "accepted with {sources} is []")


@final
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
    minutes: float = number(1.0, above=0)
    """CPU minutes of training for each run"""
    seeds: int = number(3, low=1)
    """runs of each strategy on each task"""
    validations: int = number(20, low=1)
    """validations of each run"""
    gradient_batches: int = number(8, low=2, also=[0])
    """further batches from which each validation estimates how noisy the gradient is"""

    @property
    def differences(self) -> dict[str, dict[str, Any]]:
        """Label -> what differs from a task's config, for every variant."""
        return {
            label: {"strategy": strategy} for label, strategy in self.strategies.items()
        } | self.variants

    @property
    def word(self) -> str:
        """What a variant is called."""
        return "variant" if self.variants else "strategy"

    def violations(self) -> Iterator[Violation]:
        """Nothing to compare, and names that are none or share a folder."""
        if not self.tasks:
            yield Violation("tasks", CONTENT)
        if not self.differences:
            yield Violation("strategies", CONTENT)
        for label in self.stability:
            if label not in self.differences:
                yield Violation("stability", unknown(self.word, label, list(self.differences)))
        for name in ("tasks", "variants" if self.variants else "strategies"):
            yield from _shared_folders(name, getattr(self, name))


def read_plan(name: str) -> Plan:
    """The plan in a file or shipped under that name, all of whose runs can be made.

    Raises InputError for an unknown name and for a plan with an unknown or wrong value.
    """
    plan = parse_plan(name)
    check_plan(plan, f"plan {find_plan(name)}")
    return plan


def parse_plan(name: str) -> Plan:
    """The same, whose runs are not tried yet; imports no torch."""
    path = find_plan(name)
    values = read_yaml(path, "plan", "tasks and strategies")
    return parse_config(Plan, values, f"plan {path}")


def find_plan(name: str) -> Path:
    """A file of that name, else the shipped plan; raises InputError where there is neither."""
    if Path(name).is_file():
        return Path(name)
    plans = shipped_plans()
    if name not in plans:
        raise InputError(unknown("plan", name, list(plans), "no such file; shipped are"))
    return plans[name]


def shipped_plans() -> dict[str, Path]:
    """Plans in the folder `comparisons` of every installed package of tasks, by name."""
    folders = dict.fromkeys(task_folder(name).parent / "comparisons" for name in task_names())
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def check_plan(plan: Plan, source: str = "the plan given") -> None:
    """Raises InputError for a plan with a run that cannot be made: all of them are tried."""
    from ptrnet_suite.model.seq2seq import Seq2Seq
    from ptrnet_suite.training.strategies.table import make_strategy

    for label, task_plan in plan.tasks.items():
        spec = load_task(task_plan.task, task_plan.config.options).spec
        for variant, differences in plan.differences.items():
            words = f"{source}, {label} with {plan.word} {variant}"
            config = varied(task_plan, differences, words)
            make_strategy(config.strategy, source=words)
            Seq2Seq(config.model, spec)


def varied(
    plan: TaskPlan, differences: Mapping[str, Any], source: str = "the variant given"
) -> TrainingConfig:
    """The task's config with a variant's differences; raises InputError for a wrong one."""
    return parse_config(TrainingConfig, _merged(plan.config.to_dict(), differences), source)


def _merged(values: dict[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    """Nested values with nested differences; a strategy is one value."""
    merged = dict(values)
    for name, new in differences.items():
        nested = isinstance(new, Mapping) and isinstance(merged.get(name), dict)
        merged[name] = _merged(merged[name], new) if nested and name != "strategy" else new
    return merged


def _shared_folders(name: str, labels: Iterable[str]) -> Iterator[Violation]:
    folders: dict[str, str] = {}
    for label in labels:
        other = folders.setdefault(folder_name(label), label)
        if other != label:
            yield Violation(name, f"{label!r} and {other!r} would share a folder; rename one")


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
            raise InputError(unknown("task of the plan", label, list(plan.tasks)))
    return replace(
        plan,
        tasks={label: task for label, task in plan.tasks.items() if label in chosen},
        minutes=plan.minutes if minutes is None else minutes,
        seeds=plan.seeds if seeds is None else seeds,
    )
