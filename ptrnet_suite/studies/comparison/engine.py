"""The comparison as a whole: makes the runs, shows and writes their figures."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import TextColumn

from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.document import Document, Section, Table
from ptrnet_suite.reporting.progress import make_bar
from ptrnet_suite.reporting.write import to_markdown, to_rich, write_report
from ptrnet_suite.runtime.files import atomic_write, make_folder
from ptrnet_suite.runtime.processes import usable_cores
from ptrnet_suite.runtime.provenance import command_line, git_commit, machine, versions
from ptrnet_suite.studies.comparison.plan import Plan
from ptrnet_suite.studies.comparison.pool import Pool
from ptrnet_suite.studies.comparison.sections import length_tables, overview, task_section
from ptrnet_suite.studies.comparison.summary import CompletedRun, read_runs, summary
from ptrnet_suite.studies.comparison.trials import Trial, make_trials
from ptrnet_suite.task.metric import Metric
from ptrnet_suite.task.registry import load_task

WIDTH = 200
"""Columns of output that goes to no terminal."""

DONE = "{task.completed:.1f} of {task.total} runs"


def compare(
    plan: Plan, output: Path, jobs: int | None = None, console: Console | None = None
) -> Document:
    """Makes every run that is not there yet and writes results.json, table.md and a report.

    jobs: runs at a time, of one thread each; None takes all usable cores. Runs that fail are
    reported and left out. Raises InputError where the folder holds other runs, or where no run
    succeeds.
    """
    console = console or Console(width=None if sys.stdout.isatty() else WIDTH, markup=False)
    jobs = jobs or usable_cores()
    make_folder(output)
    with make_bar(TextColumn(DONE), estimate_over=600) as bar:
        line = bar.add_task("", total=None)
        trials = make_trials(plan, output, lambda text: bar.update(line, description=text))
        bar.update(line, total=len(trials))
        pool = Pool(jobs, lambda done, text: bar.update(line, completed=done, description=text))
        pool.run(trials)
    for name, reason in pool.failures.items():
        console.print(f"failed: {name}: {reason}")
    document = _document(plan, trials, pool.failures, jobs)
    _write(document, output)
    table = document.sections[0].parts[0]
    if isinstance(table, Table):
        console.print(to_rich(table))
    console.print(f"{output / 'table.md'}, {output / 'report.html'} and files beside them")
    return document


def _document(
    plan: Plan, trials: Sequence[Trial], failures: Mapping[str, str], jobs: int
) -> Document:
    metrics: dict[str, Sequence[Metric]] = {
        label: load_task(task_plan.task, task_plan.config.options).metrics
        for label, task_plan in plan.tasks.items()
    }
    runs = read_runs(trials, {label: task_metrics[0] for label, task_metrics in metrics.items()})
    if not runs:
        reason = next(iter(failures.values()), "none was made")
        raise InputError(f"no run of the comparison succeeded; the first failed with: {reason}")
    figures = summary(runs)
    notes = [f"Runs that failed are left out: {', '.join(failures)}."] if failures else []
    runs_by_task = {label: [run for run in runs if run.trial.label == label] for label in figures}
    tables = [overview(plan, figures, metrics)]
    for label, task_runs in runs_by_task.items():
        tables += length_tables(plan, label, task_runs, metrics[label])
    sections = [Section("All tasks", " ".join(notes), tables)]
    for label, variants in figures.items():
        sections.append(task_section(plan, label, variants, runs_by_task[label], metrics[label]))
    text = (
        f"The same model for each task, every {plan.word} trained for the same CPU time "
        f"({plan.minutes:g} minutes on one thread, {jobs} runs at a time); validation, saving and "
        "the labelling of training instances do not count."
    )
    return Document(
        f"{plan.title} compared",
        text,
        command_line(),
        _environment(),
        sections,
        _data(plan, runs, failures, jobs),
    )


def _environment() -> dict[str, str]:
    facts = {
        name: " ".join(map(str, fact)) if isinstance(fact, list) else str(fact)
        for name, fact in machine().items()
        if fact
    }
    return {**facts, **versions(), "git commit": git_commit() or "none: installed from a package"}


def _data(
    plan: Plan, runs: Sequence[CompletedRun], failures: Mapping[str, str], jobs: int
) -> dict[str, Any]:
    return {
        "plan": asdict(plan),
        "jobs": jobs,
        "machine": machine(),
        "versions": versions(),
        "git_commit": git_commit(),
        "failures": dict(failures),
        "summary": {
            task: {
                variant: {name: spread._asdict() for name, spread in figures.items()}
                for variant, figures in variants.items()
            }
            for task, variants in summary(runs).items()
        },
        "runs": [run.to_json() for run in runs],
    }


def _write(document: Document, output: Path) -> None:
    write_report(document, output)
    first = document.sections[0]
    table = Document(document.title, document.text, document.command, document.environment, [first])
    with atomic_write(output / "table.md") as partial:
        partial.write_text(to_markdown(table), encoding="utf-8")
