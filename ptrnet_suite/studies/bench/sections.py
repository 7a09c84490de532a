"""From a benchmark's rows to a section of its page: tables, then pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ptrnet_suite.reporting.document import Cell, Column, Picture, Section, Table
from ptrnet_suite.studies.bench.pictures import (
    plot_against_time,
    plot_by_length,
    plot_by_size,
    slug,
)
from ptrnet_suite.studies.bench.runs import Row
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase


def task_section(
    title: str,
    task: Task,
    rows: Sequence[Row],
    examples: Sequence[Picture],
    missing: Sequence[BenchCase] = (),
) -> Section:
    """Everything of one task: its tables in the order of its plan, charts, examples.

    missing: cases that cannot be run here, named with what they lack.
    """
    tables = dict.fromkeys(row.case.table for row in rows)
    parts: list[Table | Picture] = []
    for name in tables:
        chosen = [row for row in rows if row.case.table == name]
        parts.append(metrics_table(task, name, chosen))
        if any(row.buckets for row in chosen):
            parts.append(lengths_table(task, name, chosen))
    pictures = [
        *plot_by_size(task, rows),
        *plot_by_length(task, rows),
        *plot_against_time(task, rows),
        *examples,
    ]
    # Several sections may be of one task, each with options of its own.
    named = [replace(picture, name=f"{slug(title)}_{picture.name}") for picture in pictures]
    untried = [f"{case.table}, {case.name}: not run, {case.missing}." for case in missing]
    return Section(title, " ".join([task.summary + ".", *untried]), [*parts, *named])


def metrics_table(task: Task, title: str, rows: Sequence[Row]) -> Table:
    """Cases and methods down, metrics across; a metric that no row has is left out."""
    metrics = [metric for metric in task.metrics if any(metric.name in row.metrics for row in rows)]
    columns = [
        Column("instances"), Column("method"), Column("count", "count"),
        *(Column(metric.name, metric.kind) for metric in metrics),
        Column("time each", "milliseconds"),
    ]  # fmt: skip
    cells: list[list[Cell]] = [
        [
            row.case.name,
            row.method,
            row.count or None,
            *(_cell(row, metric.name) for metric in metrics),
            row.seconds_each,
        ]
        for row in rows
    ]
    meanings = []
    for metric in metrics:
        measured = [row.metrics[metric.name] for row in rows if metric.name in row.metrics]
        against = ", ".join(dict.fromkeys(value.reference for value in measured if value.reference))
        signed = ", ".join(dict.fromkeys(value.signature for value in measured if value.signature))
        better = "higher" if metric.higher_is_better else "lower"
        notes = (f" (against {against})" if against else "") + (f" ({signed})" if signed else "")
        meanings.append(f"{metric.name}: {metric.description}{notes}; {better} is better")
    failures = (
        measured.failure for row in rows for measured in row.metrics.values() if measured.failure
    )
    meanings.extend(f"FAIL: {why}" for why in dict.fromkeys(failures))
    published = (row.case.published_on for row in rows if row.kind == "published")
    note = ". ".join([*meanings, *dict.fromkeys(published), "In brackets: 95 % intervals"]) + "."
    ours = frozenset(index for index, row in enumerate(rows) if row.kind == "model")
    return Table(title, columns, cells, note, ours)


def lengths_table(task: Task, title: str, rows: Sequence[Row]) -> Table:
    """The first metric of each method over the instances of each range of input lengths."""
    metric = task.metrics[0]
    ranges = list(dict.fromkeys(bucket.name for row in rows for bucket in row.buckets))
    columns = [Column("method"), *(Column(name, metric.kind) for name in ranges)]
    cells: list[list[Cell]] = []
    for row in rows:
        estimates = {bucket.name: bucket.metrics[metric.name].estimate for bucket in row.buckets}
        if estimates:
            cells.append([row.method, *(estimates.get(name) for name in ranges)])
    return Table(f"{title}: {metric.name} by the length of the input", columns, cells)


def _cell(row: Row, metric: str) -> Cell:
    if metric not in row.metrics:
        return None
    if row.metrics[metric].failure:
        return "FAIL"
    estimate = row.metrics[metric].estimate
    # Of one instance nothing can be said about others.
    return estimate if row.count > 1 else estimate.value


def flat_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Every row with all that is known of it, for results.json."""
    return [
        {
            "table": row.case.table,
            "instances": row.case.name,
            "size": row.case.size,
            "distribution": row.case.distribution if row.case.instances is None else None,
            "seed": row.case.seed if row.case.instances is None else None,
            "method": row.method,
            "kind": row.kind,
            "count": row.count,
            "seconds": row.seconds,
            "metrics": {name: value.to_json() for name, value in row.metrics.items()},
        }
        for row in rows
    ]
