"""`ptrnet evaluate`: figures of merit of answers to a data file, with their intervals."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptrnet_suite.cli.arguments import (
    Parser,
    add_ends_arguments,
    add_model_arguments,
    add_solver_argument,
    data_name,
    picture_file,
    whole_numbers,
)
from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from ptrnet_suite.cli.data_source import Data
    from ptrnet_suite.evaluation.answerer import Answerer
    from ptrnet_suite.evaluation.length_buckets import Bucket
    from ptrnet_suite.evaluation.report import EvaluationReport
    from ptrnet_suite.evaluation.stretches import References
    from ptrnet_suite.task.base import Task


def run(given: Sequence[str]) -> None:
    """Parses, evaluates, prints tables and writes JSON and picture where asked."""
    arguments = _parser().parse_args(given)
    _check(arguments)
    from ptrnet_suite.cli.inputs import open_answerers, size_range

    answerers, data, notes = open_answerers(arguments, arguments.data, counted=True)
    from ptrnet_suite.cli.notes import tell_notes
    from ptrnet_suite.evaluation.stretches import References
    from ptrnet_suite.runtime.files import write_json

    task = answerers[0].task
    known = References(task, data.parts)
    reports = {answerer.label: _report(arguments, answerer, data, known) for answerer in answerers}
    buckets = _by_length(arguments, task, data, reports)
    notes = [*notes, *known.notes]
    settings = {"sizes": size_range(data.instances), "precision": arguments.precision}
    settings |= {"notes": notes} if notes else {}
    contents = [
        {**report.to_json(), **settings, **_buckets_json(buckets.get(label, []))}
        for label, report in reports.items()
    ]
    if arguments.json is not None:
        beside = {"compared": contents[1:]} if contents[1:] else {}
        write_json(arguments.json, {**contents[0], **beside})
    tell_notes(notes)
    _show(task, data, reports, buckets)


def _check(arguments: argparse.Namespace) -> None:
    """Raises InputError, before anything is decoded, for what could not be told afterwards."""
    if arguments.by_length is not None:
        from ptrnet_suite.evaluation.length_buckets import check_limits

        check_limits(arguments.by_length)
    elif arguments.plot is not None:
        raise InputError("--plot draws figures by length; accepted is --by-length 10,20,30 with it")


def _report(
    arguments: argparse.Namespace, answerer: Answerer, data: Data, known: References
) -> EvaluationReport:
    from ptrnet_suite.evaluation.report import RunSettings
    from ptrnet_suite.evaluation.stretches import evaluate_by_stretches
    from ptrnet_suite.reporting.progress import counting
    from ptrnet_suite.runtime.provenance import command_line

    instances = data.instances
    settings = RunSettings(arguments.seed, data.facts, command_line())
    with counting("answering", len(instances)) as tell:
        return evaluate_by_stretches(answerer, instances, known, settings, tell)


def _by_length(
    arguments: argparse.Namespace,
    task: Task,
    data: Data,
    reports: Mapping[str, EvaluationReport],
) -> dict[str, list[Bucket]]:
    """Figures by length of each answerer, drawn too; none where they were not asked for."""
    if arguments.by_length is None:
        return {}
    from ptrnet_suite.evaluation.length_buckets import by_length
    from ptrnet_suite.reporting.length_plots import picture_by_length
    from ptrnet_suite.reporting.style import save

    lengths = task.lengths(data.instances)
    buckets = {
        label: by_length(task, lengths, report.scores, arguments.by_length, arguments.seed)
        for label, report in reports.items()
    }
    if arguments.plot is not None:
        save(picture_by_length(task, buckets), arguments.plot)
    return buckets


def _buckets_json(buckets: Sequence[Bucket]) -> dict[str, Any]:
    return {"by_length": [bucket.to_json() for bucket in buckets]} if buckets else {}


def _show(
    task: Task,
    data: Data,
    reports: Mapping[str, EvaluationReport],
    buckets: Mapping[str, Sequence[Bucket]],
) -> None:
    from ptrnet_suite.cli.answer_tables import missing_line
    from ptrnet_suite.cli.tables import compared_table, console, length_table, metrics_table

    screen, title = console(), f"{task.name}: {data.title}"
    metrics = {label: report.to_json()["metrics"] for label, report in reports.items()}
    if len(reports) == 1:
        screen.print(metrics_table(task, next(iter(metrics.values())), title))
    else:
        screen.print(compared_table(task, metrics, title))
    for label, several in buckets.items():
        named = f"by input length, {label}" if len(buckets) > 1 else "by input length"
        screen.print(length_table(task, several, named))
    for report in reports.values():
        screen.print(_speed(report))
    missing = missing_line(next(iter(reports.values())))
    if missing:
        screen.print(missing)


def _speed(report: EvaluationReport) -> str:
    """Who answered, how fast, and where."""
    facts = report.answerer
    who = " and ".join(
        f"{kept['name']} ({kept['parameters']:,} parameters"
        + (f", {kept['count']:,} instances)" if "count" in kept else ")")
        for kept in facts.checkpoints
    )
    named = f"solver {facts.solver}" if facts.solver else f"{facts.search} with {who}"
    rate = report.count / report.seconds if report.seconds > 0 else float("inf")
    return (
        f"{named}: {report.seconds:.2f} s, {rate:,.0f} instances/s "
        f"on {facts.device}, {facts.threads} threads"
    )


def _parser() -> Parser:
    parser = Parser(
        "evaluate",
        "How good answers to a data file are, with 95 % intervals: a checkpoint's or a solver's.",
        "ptrnet evaluate tsp --data tsp50.npz --search beam:16 --json figures.json",
    )
    parser.add_argument("task", metavar="TASK", help="a task (see `ptrnet list`)")
    parser.add_argument(
        "--data",
        required=True,
        type=data_name,
        metavar="FILE|FOLDER|-|NAME",
        help="instances, with solutions where known, in any format the task reads, a folder of "
        "such files, - for standard input, or data that the task knows by name",
    )
    add_model_arguments(parser)
    add_solver_argument(parser)
    add_ends_arguments(parser)
    parser.add_argument(
        "--by-length",
        type=whole_numbers,
        metavar="N,N,...",
        help="also apart for inputs of up to N points or tokens, up to the next N, ..., and longer",
    )
    parser.add_argument(
        "--plot",
        type=picture_file,
        metavar="FILE",
        help="draws figures by length: .png, .svg, .pdf",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes all figures there")
    return parser
