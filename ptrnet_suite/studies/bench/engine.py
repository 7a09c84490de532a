"""The benchmark as a whole: runs what was planned, shows and writes it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, final

import torch
from rich.console import Console
from rich.progress import TextColumn

from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.document import Document, Picture, Section, Table
from ptrnet_suite.reporting.progress import make_bar
from ptrnet_suite.reporting.write import to_rich, write_report
from ptrnet_suite.runtime.files import make_folder
from ptrnet_suite.runtime.provenance import command_line, git_commit, machine, versions
from ptrnet_suite.studies.bench.names import SPEED
from ptrnet_suite.studies.bench.pictures import examples_picture
from ptrnet_suite.studies.bench.planning import TaskBench, make_benches
from ptrnet_suite.studies.bench.runs import (
    Clock,
    Method,
    Row,
    case_instances,
    methods_of,
    published_rows,
    run_method,
)
from ptrnet_suite.studies.bench.sections import flat_rows, task_section
from ptrnet_suite.studies.bench.speed import throughput, throughput_table
from ptrnet_suite.task.bench_case import BenchCase

WIDTH = 170
"""Columns of output that goes to no terminal."""

SPEED_SECONDS = 1.5
"""How long each figure of throughput is taken for."""

WIDE = 140
"""Columns from which on tables have room for intervals."""

SHARE = "{task.percentage:>3.0f} %"
"""How much of the benchmark is done, in the bar."""

Tell = Callable[[str, float], None]
"""Called with what is under way, and how much of a run was done since."""


@final
class TaskResults(NamedTuple):
    """A task's rows and its pictures of examples."""

    rows: list[Row]
    examples: list[Picture]


def run_bench(
    names: Sequence[str] = (),
    output: Path = Path("bench"),
    data: Sequence[Path] = (),
    seconds: float = 300.0,
    device: torch.device | str = "cpu",
    console: Console | None = None,
    checkpoints: Sequence[str] = (),
) -> Document:
    """Runs the benchmark, prints its tables and writes the report into the folder `output`.

    names: tasks; `paper` for the cases beside published figures; `speed` for throughput; none
    for the tasks of the checkpoints given, else for everything. data: files that are tried as
    well. seconds: of processor time, all cores together; runs are cut short to end about then.
    checkpoints: names,
    files or runs' folders that are tried beside those that are shipped. Raises InputError for a
    name, file or folder that it cannot use, before anything is run.
    """
    console = console or Console(width=None if sys.stdout.isatty() else WIDTH, markup=False)
    benches = make_benches(names, data, device, checkpoints)
    make_folder(output)
    sections: list[Section] = []
    rows: dict[str, list[Row]] = {}
    with make_bar(TextColumn(SHARE), transient=True, console=console) as bar:
        total = sum(_runs(bench) for bench in benches)
        clock, line = Clock(seconds, total), bar.add_task("", total=float(total))

        def tell(what: str, step: float) -> None:
            bar.update(line, description=what, advance=step)

        for bench in benches:
            if bench.cases:
                results = _run_task(bench, clock, tell)
                rows[bench.title] = results.rows
                missing = [case for case in bench.cases if case.missing]
                sections.append(task_section(bench.title, bench.task, *results, missing))
                _print(console, sections[-1])
        if SPEED in names or not (names or checkpoints):
            sections.append(_speed_section(benches, str(device), tell))
            _print(console, sections[-1])
        tell("writing the report", 0)
        document = _document(sections, benches, rows, str(device))
        written = write_report(document, output)
    console.print(f"{output / 'report.html'} and {len(written) - 1} files beside it")
    return document


def _runs(bench: TaskBench) -> int:
    cases = [case for case in bench.cases if not case.missing]
    return sum(len(list(_methods(bench, case))) for case in cases)


def _methods(bench: TaskBench, case: BenchCase) -> Iterator[Method]:
    return methods_of(bench.task, case, bench.shipped_for(case), bench.given)


def _run_task(bench: TaskBench, clock: Clock, tell: Tell) -> TaskResults:
    """Every case of a task with every method."""
    rows, examples = [], []
    for case in bench.cases:
        if case.missing:
            continue
        here = f"{bench.title}, {case.table}, {case.name}"
        tell(f"{here}: instances", 0)
        instances = case_instances(bench.task, case)
        first: Row | None = None
        for method in _methods(bench, case):
            tick = partial(tell, f"{here}: {method.name}")
            row = run_method(bench.task, case, instances, method, clock.next_limit(), tick)
            rows.append(row)
            first = first or row
        rows.extend(published_rows(case))
        picture = None if first is None else examples_picture(bench.task, instances, first)
        if picture is not None:
            examples.append(picture)
    return TaskResults(rows, examples)


def _speed_section(benches: Sequence[TaskBench], device: str, tell: Tell) -> Section:
    figures, missing = [], []
    for bench in benches:
        for checkpoint in bench.checkpoints:
            tell(f"throughput of {checkpoint.name}", 0)
            try:
                figures.append(throughput(checkpoint, SPEED_SECONDS))
            except InputError:
                missing.append(checkpoint.name)
    facts = machine()
    where = f"{facts['cpu']} with {torch.get_num_threads()} threads"
    if not device.startswith("cpu"):
        where = f"device {device} ({facts.get('gpu', 'accelerator')}) beside {where}"
    text = f"On {where}."
    return Section("throughput", text, [throughput_table(figures, missing)])


def _print(console: Console, section: Section) -> None:
    console.rule(section.title, align="left")
    if section.text and not section.parts:
        console.print(section.text)
    tables = [part for part in section.parts if isinstance(part, Table)]
    for table in tables:
        console.print(to_rich(table, intervals=console.width >= WIDE))
    for note in dict.fromkeys(table.note for table in tables if table.note):
        console.print(note, style="dim")


def _document(
    sections: Sequence[Section],
    benches: Sequence[TaskBench],
    rows: dict[str, list[Row]],
    device: str,
) -> Document:
    facts, used = machine(), versions()
    checkpoints = [checkpoint for bench in benches for checkpoint in bench.checkpoints]
    environment = {
        **{name: _in_words(fact) for name, fact in facts.items() if fact},
        "device": device,
        "threads": str(torch.get_num_threads()),
        **used,
        "git commit": git_commit() or "none: installed from a package",
    }
    text = (
        "Trained models, decoded on instances that they were not trained on, beside classical "
        "solvers and published figures."
    )
    data = {
        "rows": {name: flat_rows(each) for name, each in rows.items()},
        "checkpoints": {
            each.name: {
                "sha256": each.sha256,
                "parameters": each.parameters,
                "task": each.task.name,
            }
            for each in checkpoints
        },
        "machine": facts,
        "device": device,
        "threads": torch.get_num_threads(),
        "versions": used,
    }
    return Document("ptrnet bench", text, command_line(), environment, sections, data)


def _in_words(fact: object) -> str:
    return " ".join(map(str, fact)) if isinstance(fact, list) else str(fact)
