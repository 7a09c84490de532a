"""`ptrnet evaluate`: figures of merit of a checkpoint on a data file, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ptrnet_suite.cli.arguments import Parser, add_model_arguments, existing_file


def run(given: Sequence[str]) -> None:
    """Parses, evaluates, prints a table and writes the JSON where asked."""
    arguments = _parser().parse_args(given)
    from ptrnet_suite.cli.inputs import open_inputs
    from ptrnet_suite.cli.progress import counting
    from ptrnet_suite.cli.tables import console, metrics_table
    from ptrnet_suite.evaluation import evaluate
    from ptrnet_suite.runtime import command_line, write_json

    checkpoint, instances = open_inputs(arguments, arguments.data)
    with counting("decoding", len(instances)) as tell:
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
    content = report.to_json()
    if arguments.json is not None:
        write_json(arguments.json, content)
    kept = content["checkpoint"]
    title = f"{content['task']}: {content['count']} instances of {arguments.data.name}"
    console().print(metrics_table(checkpoint.task, content["metrics"], title))
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
        type=existing_file,
        metavar="FILE",
        help="instances, with solutions where known, in any format the task reads",
    )
    add_model_arguments(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes all figures there")
    return parser
