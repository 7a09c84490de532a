"""`ptrnet solve`: answers to the instances of a file, in words, as a picture and in files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptrnet_suite.cli.arguments import (
    Parser,
    add_ends_arguments,
    add_model_arguments,
    add_solver_argument,
    at_least,
    data_name,
    picture_file,
)
from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from ptrnet_suite.cli.data_source import Data
    from ptrnet_suite.evaluation.answerer import Answerer
    from ptrnet_suite.evaluation.report import EvaluationReport
    from ptrnet_suite.evaluation.scoring import Known
    from ptrnet_suite.task.base import Task


def run(given: Sequence[str]) -> None:
    """Parses, solves, prints one row per answer, and writes picture and files where asked."""
    arguments = _parser().parse_args(given)
    from ptrnet_suite.cli.inputs import open_answerers, wants_model
    from ptrnet_suite.cli.notes import tell_notes

    if arguments.n_best > 1 and not wants_model(arguments):
        raise InputError("--n-best is for models; a classical solver gives one answer")
    if arguments.n_best > 1 and arguments.search is None:
        arguments.search = f"beam:{arguments.n_best}"
    answerers, data, notes = open_answerers(arguments, arguments.file)
    task = answerers[0].task
    _check_answers_file(task, arguments.answers)
    from ptrnet_suite.evaluation.scoring import with_reference

    known = [with_reference(task, part) for part in data.parts]
    reports = {answerer.label: _solved(arguments, answerer, data, known) for answerer in answerers}
    notes = [*notes, *(note for part in known for note in part.notes)]
    tell_notes(notes)
    _show(task, known, reports)
    _write(arguments, task, data, list(reports.values()), notes)


def _solved(
    arguments: argparse.Namespace, answerer: Answerer, data: Data, known: Sequence[Known]
) -> EvaluationReport:
    from ptrnet_suite.evaluation.answerer import answer
    from ptrnet_suite.evaluation.report import RunSettings
    from ptrnet_suite.evaluation.scoring import score
    from ptrnet_suite.reporting.progress import counting
    from ptrnet_suite.runtime.provenance import command_line

    instances = data.instances
    n_best = arguments.n_best if answerer.facts.solver is None else 1
    with counting("solving", len(instances)) as tell:
        answered = answer(answerer, instances, n_best, progress=tell)
    settings = RunSettings(arguments.seed, data.facts, command_line())
    return score(answerer, known, answered, settings, own=False)


def _check_answers_file(task: Task, path: Path | None) -> None:
    """Raises InputError, before anything is solved, for a suffix that the task does not write."""
    if path is not None and path.suffix.lower() not in task.formats.answer_suffixes:
        raise task.formats.answers_refused(path)


def _show(task: Task, known: Sequence[Known], reports: dict[str, EvaluationReport]) -> None:
    """Each answer in words, then the figures over all."""
    from ptrnet_suite.cli.answer_tables import answers_table, figures_line, missing_line
    from ptrnet_suite.cli.tables import console

    screen = console()
    screen.print(answers_table(task, [part.instances for part in known], reports))
    for label, report in reports.items():
        line = figures_line(task, report)
        if line:
            screen.print(f"{label}, {line}" if len(reports) > 1 else line)
    missing = missing_line(next(iter(reports.values())))
    if missing:
        screen.print(missing)


def _write(
    arguments: argparse.Namespace,
    task: Task,
    data: Data,
    reports: Sequence[EvaluationReport],
    notes: Sequence[str],
) -> None:
    """The picture and the files that were asked for; in pictures a solver is what models meet."""
    from ptrnet_suite.cli.pictures import draw_instances

    first, instances = reports[0], data.instances
    if arguments.answers is not None:
        task.formats.write_answers(instances, first.answered.hypotheses, arguments.answers)
    if arguments.plot is not None:
        drawn = instances if len(reports) == 1 else instances.with_solutions(reports[1].answers)
        draw_instances(task, drawn, first.answers, arguments.plot)
    if arguments.json is not None:
        from ptrnet_suite.cli.inputs import size_range
        from ptrnet_suite.runtime.files import write_json

        settings = {"sizes": size_range(instances), "precision": arguments.precision}
        settings |= {"notes": list(notes)} if notes else {}
        whole, *others = [_content(data, report, settings) for report in reports]
        beside = {"compared": others} if others else {}
        write_json(arguments.json, {**whole, **beside}, indent=None)


def _content(data: Data, report: EvaluationReport, settings: dict[str, Any]) -> dict[str, Any]:
    """A report and its answers as plain JSON."""
    from ptrnet_suite.cli.answer_tables import answer_rows

    return {**report.to_json(), **settings, "answers": answer_rows(data.instances, report)}


def _parser() -> Parser:
    parser = Parser(
        "solve",
        "Answers the instances of a file, beside the file's solutions or the best reference.",
        "ptrnet solve tsp berlin52.tsp --search beam:16 --plot tour.png",
    )
    parser.add_argument("task", metavar="TASK", help="a task (see `ptrnet list`)")
    parser.add_argument(
        "file",
        type=data_name,
        metavar="FILE|FOLDER|-|NAME",
        help="in any format that the task reads, a folder of such files, - for standard input, or "
        "data that the task knows by name",
    )
    add_model_arguments(parser)
    add_solver_argument(parser)
    add_ends_arguments(parser)
    parser.add_argument(
        "--n-best",
        type=at_least(1),
        default=1,
        metavar="N",
        help="up to N different answers to each, with their log-probabilities (search: beam:N)",
    )
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="writes the answers for other programs, in the format of the suffix",
    )
    parser.add_argument(
        "--plot", type=picture_file, metavar="FILE", help="draws the answers: .png, .svg or .pdf"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes answers and figures")
    return parser
