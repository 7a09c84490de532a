"""`ptrnet list`: what is here - tasks, shipped checkpoints, searches and solvers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ptrnet_suite.cli.arguments import Parser

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from ptrnet_suite.task.base import Task


def run(given: Sequence[str]) -> None:
    """Parses and prints one table for each kind of thing."""
    _parser().parse_args(given)
    from ptrnet_suite.cli.tables import console
    from ptrnet_suite.model.checkpoint_files import shipped
    from ptrnet_suite.task.registry import load_task, task_names

    tasks = [load_task(name) for name in task_names()]
    screen = console()
    for table in (
        _tasks_table(tasks),
        _checkpoints_table(shipped()),
        _searches_table(),
        _solvers_table(tasks),
    ):
        screen.print(table)


def _tasks_table(tasks: Sequence[Task]) -> Table:
    from ptrnet_suite.cli.tables import plain_table
    from ptrnet_suite.task.registry import task_folder

    table = plain_table(
        "task", "", "example", "distributions", "configs", title="Tasks", lines=True
    )
    for task in tasks:
        configs = sorted(path.stem for path in (task_folder(task.name) / "configs").glob("*.yaml"))
        table.add_row(
            task.name, task.summary, task.example, ", ".join(task.distributions), ", ".join(configs)
        )
    return table


def _checkpoints_table(checkpoints: dict[str, Path]) -> Table:
    from ptrnet_suite.cli.tables import plain_table
    from ptrnet_suite.model.checkpoint_files import read_header, task_of

    table = plain_table(
        "checkpoint", "task", "sizes", "MB", "steps", "in validation",
        right=("MB", "steps"), title="Shipped checkpoints",
    )  # fmt: skip
    for name, path in checkpoints.items():
        header = read_header(path)
        record = header["record"]
        table.add_row(
            name,
            header["task"],
            " to ".join(str(size) for size in record.get("sizes", [])),
            f"{path.stat().st_size / 1e6:.1f}",
            f"{record.get('step', 0):,}",
            _figures(task_of(header, path), record),
        )
    if not checkpoints:
        table.add_row("none", *[""] * 5)
    return table


def _figures(task: Task, record: dict[str, Any]) -> str:
    """The figures that a checkpoint's record holds, in the task's units."""
    from ptrnet_suite.cli.tables import metric_named, shown

    return ", ".join(
        f"{name} {shown(value, metric_named(task, name))}"
        for name, value in record.get("validation", {}).items()
    )


def _searches_table() -> Table:
    from ptrnet_suite.cli.tables import plain_table
    from ptrnet_suite.search.grammar import default_options, options_class
    from ptrnet_suite.search.names import SEARCHES, WRAPPERS

    table = plain_table("search", "", "options", title="Searches")
    for registry, name in [(known, name) for known in (WRAPPERS, SEARCHES) for name in known]:
        kind = options_class(registry, name)
        options = default_options(kind)
        spec = f"{name}:{options.pop(next(iter(options)))}" if options else name
        spec += "/..." if registry is WRAPPERS else ""
        summary = (kind.__doc__ or "").strip().splitlines()[0]
        table.add_row(spec, summary, ", ".join(f"{key}={value}" for key, value in options.items()))
    return table


def _solvers_table(tasks: Sequence[Task]) -> Table:
    from ptrnet_suite.cli.tables import plain_table

    table = plain_table("solver", "task", "", "up to", right=("up to",), title="Classical solvers")
    for task in tasks:
        for reference in task.references().values():
            notes = [reference.description]
            notes += ["exact"] if reference.exact else []
            notes += [] if reference.available() else ["not installed"]
            largest = "" if reference.largest is None else str(reference.largest)
            table.add_row(reference.name, task.name, "; ".join(notes), largest)
    return table


def _parser() -> Parser:
    return Parser("list", "What is here: tasks, checkpoints, searches, solvers.", "ptrnet list")
