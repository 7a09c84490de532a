"""`ptrnet solve`: a model's answers to a file's instances, in words and as a picture."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptrnet_suite.cli.arguments import Parser, add_model_arguments, data_name, picture_file
from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.evaluation.report import EvaluationReport
    from ptrnet_suite.task.base import Task
    from ptrnet_suite.task.metric import MetricValues


def run(given: Sequence[str]) -> None:
    """Parses, solves, prints one row per instance, and writes picture and JSON where asked."""
    arguments = _parser().parse_args(given)
    from ptrnet_suite.cli.inputs import open_inputs, products, size_range

    checkpoint, instances = open_inputs(arguments, arguments.file, ensembles=True)
    from ptrnet_suite.cli.pictures import draw_instances
    from ptrnet_suite.evaluation.decode import solve_instances
    from ptrnet_suite.evaluation.report import DecodingSettings, report_of
    from ptrnet_suite.reporting.progress import counting
    from ptrnet_suite.runtime.device import seeded
    from ptrnet_suite.runtime.files import write_json
    from ptrnet_suite.runtime.provenance import command_line
    from ptrnet_suite.search.spec import parse_search

    search = parse_search(arguments.search)
    task, model = checkpoint.task, checkpoint.model
    generator = seeded(arguments.seed, next(model.parameters()).device)
    began = time.perf_counter()
    with counting("solving", len(instances)) as tell, products(arguments, model):
        answers = solve_instances(
            model, task, instances, search, arguments.batch_size, generator, tell
        )
    seconds = time.perf_counter() - began
    instances = _with_reference(task, instances)
    scores = task.evaluate(instances, answers)
    setting = DecodingSettings(arguments.search, arguments.seed, arguments.file, command_line())
    report = report_of(checkpoint, answers, scores, seconds, setting, warmed_up=False)
    _show(task, instances, report)
    if arguments.plot is not None:
        draw_instances(task, instances, answers, arguments.plot)
    if arguments.json is not None:
        settings = {"sizes": size_range(instances), "precision": arguments.precision}
        solved = {**report.to_json(), **settings, "answers": _rows(instances, answers, scores)}
        write_json(arguments.json, solved, indent=None)


def _with_reference(task: Task, instances: Instances) -> Instances:
    """The instances with what answers are scored against; as they are where nothing is known."""
    try:
        return task.referenced(instances)
    except InputError:
        return instances


def _show(task: Task, instances: Instances, report: EvaluationReport) -> None:
    """Each answer in words, then the figures over all."""
    from ptrnet_suite.cli.tables import console, metric_named, plain_table, shown

    table = plain_table("instance", "answer")
    for index, name in enumerate(_names(instances)):
        table.add_row(name, task.presenter.describe(instances, index, report.answers[index]))
    console().print(table)
    metrics = report.metrics
    figures = []
    for name, measured in metrics.items():
        value = shown(measured.estimate.value, metric_named(task, name))
        figures.append(f"{name} {'FAIL' if measured.failure else value}")
    against = {measured.reference for measured in metrics.values() if measured.reference}
    note = f" (against {', '.join(sorted(against))})" if against else ""
    if figures:
        console().print(f"over {report.count}: {', '.join(figures)}{note}")


def _names(instances: Instances) -> list[str]:
    """The instances' own names, else their numbers from 1 on."""
    if instances.names is not None:
        return [str(name) for name in instances.names]
    return [str(index + 1) for index in range(len(instances))]


def _rows(
    instances: Instances, answers: Sequence[Any], scores: Mapping[str, MetricValues]
) -> list[dict[str, Any]]:
    """Name, answer and figures of each instance, as plain JSON."""
    figures = {name: _each(score) for name, score in scores.items()}
    return [
        {
            "name": name,
            "answer": _plain(answer),
            "metrics": {metric: values[index] for metric, values in figures.items()},
        }
        for index, (name, answer) in enumerate(zip(_names(instances), answers, strict=True))
    ]


def _each(score: MetricValues) -> list[float | None]:
    """A score's value for each instance alone; None where it does not count."""
    import numpy as np

    values = np.asarray(score.values, float)
    weights = np.ones_like(values) if score.weights is None else np.asarray(score.weights, float)
    pairs = zip(values.tolist(), weights.tolist(), strict=True)
    return [value / weight if weight > 0 else None for value, weight in pairs]


def _plain(answer: Any) -> Any:
    """An answer as plain JSON: a string, or a list of numbers."""
    return answer if isinstance(answer, str) else [int(position) for position in answer]


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
        metavar="FILE|NAME",
        help="in any format that the task reads, or data that it knows by name",
    )
    add_model_arguments(parser)
    parser.add_argument(
        "--plot", type=picture_file, metavar="FILE", help="draws the answers: .png, .svg or .pdf"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes the answers there")
    return parser
