"""`ptrnet evaluate`: figures of merit of a checkpoint on a data file, with their intervals."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptrnet_suite.cli.arguments import (
    Parser,
    add_model_arguments,
    data_name,
    picture_file,
    whole_numbers,
)
from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.evaluation.length_buckets import Bucket
    from ptrnet_suite.evaluation.report import EvaluationReport
    from ptrnet_suite.task.base import Task


def run(given: Sequence[str]) -> None:
    """Parses, evaluates, prints tables and writes JSON and picture where asked."""
    arguments = _parser().parse_args(given)
    _check(arguments)
    from ptrnet_suite.cli.inputs import open_inputs, products, size_range

    checkpoint, instances = open_inputs(arguments, arguments.data, ensembles=True, counted=True)
    from ptrnet_suite.evaluation.scoring import evaluate
    from ptrnet_suite.reporting.progress import counting
    from ptrnet_suite.runtime.files import write_json
    from ptrnet_suite.runtime.provenance import command_line

    with counting("decoding", len(instances)) as tell, products(arguments, checkpoint.model):
        report = evaluate(
            checkpoint,
            instances,
            arguments.search,
            batch_size=arguments.batch_size,
            seed=arguments.seed,
            data_path=arguments.data,
            command=command_line(),
            progress=tell,
        )
    settings = {"sizes": size_range(instances), "precision": arguments.precision}
    content = {**report.to_json(), **settings}
    buckets = _by_length(arguments, checkpoint.task, instances, report)
    if buckets:
        content["by_length"] = [bucket.to_json() for bucket in buckets]
    if arguments.json is not None:
        write_json(arguments.json, content)
    _show(checkpoint.task, content, buckets, arguments.data.name)


def _check(arguments: argparse.Namespace) -> None:
    """Raises InputError, before anything is decoded, for what could not be told afterwards."""
    if arguments.by_length is not None:
        from ptrnet_suite.evaluation.length_buckets import check_limits

        check_limits(arguments.by_length)
    elif arguments.plot is not None:
        raise InputError("--plot draws figures by length; accepted is --by-length 10,20,30 with it")


def _by_length(
    arguments: argparse.Namespace, task: Task, instances: Instances, report: EvaluationReport
) -> list[Bucket]:
    """Figures by length, drawn too; none where they were not asked for."""
    if arguments.by_length is None:
        return []
    from ptrnet_suite.evaluation.length_buckets import by_length
    from ptrnet_suite.reporting.length_plots import picture_by_length
    from ptrnet_suite.reporting.style import save

    lengths = task.lengths(instances)
    buckets = by_length(task, lengths, report.scores, arguments.by_length, arguments.seed)
    if arguments.plot is not None:
        save(picture_by_length(task, {arguments.search: buckets}), arguments.plot)
    return buckets


def _show(task: Task, content: dict[str, Any], buckets: Sequence[Bucket], file: str) -> None:
    from ptrnet_suite.cli.tables import console, length_table, metrics_table

    title = f"{content['task']}: {content['count']} instances of {file}"
    console().print(metrics_table(task, content["metrics"], title))
    if buckets:
        console().print(length_table(task, buckets))
    kept = content["checkpoint"]
    console().print(
        f"{content['search']} with {kept['name']} ({kept['parameters']:,} parameters): "
        f"{content['seconds']:.2f} s, {content['instances_per_second']:,.0f} instances/s "
        f"on {content['device']}, {content['threads']} threads"
    )


def _parser() -> Parser:
    parser = Parser(
        "evaluate",
        "How good a checkpoint is on a data file, with 95 % intervals.",
        "ptrnet evaluate tsp --data tsp50.npz --search beam:16 --json figures.json",
    )
    parser.add_argument("task", metavar="TASK", help="a task (see `ptrnet list`)")
    parser.add_argument(
        "--data",
        required=True,
        type=data_name,
        metavar="FILE|NAME",
        help="instances, with solutions where known, in any format the task reads, or data that "
        "it knows by name",
    )
    add_model_arguments(parser)
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
