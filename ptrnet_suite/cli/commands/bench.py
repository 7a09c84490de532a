"""`ptrnet bench`: checkpoints against classical solvers, as a report directory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ptrnet_suite.cli.arguments import Parser, add_machine_arguments, at_least, existing_file


def run(given: Sequence[str]) -> None:
    """Parses and runs the benchmarks named, or all."""
    arguments = _parser().parse_args(given)
    from ptrnet_suite.model.checkpoint_files import find_checkpoint
    from ptrnet_suite.studies.bench.names import check_names

    check_names(arguments.names)
    for name in arguments.checkpoint:
        find_checkpoint(name)
    from ptrnet_suite.runtime.device import choose_device, set_threads
    from ptrnet_suite.studies.bench.engine import run_bench

    set_threads(arguments.threads)
    device = choose_device(arguments.device)
    run_bench(
        arguments.names,
        arguments.output,
        arguments.data,
        arguments.seconds,
        device,
        checkpoints=arguments.checkpoint,
    )


def _parser() -> Parser:
    parser = Parser(
        "bench",
        "Holds checkpoints, shipped and given ones, against classical solvers: tables, pictures,\n"
        "a web page.",
        "ptrnet bench tsp --data berlin52.tsp --output bench",
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="tasks, paper or speed (default: the tasks of --checkpoint, else all that is fast)",
    )
    parser.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        metavar="NAME|FILE",
        help="a trained run, tried beside what is shipped; may be given several times",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("bench"),
        metavar="DIR",
        help="for report.md, report.html, results.json and pictures (default: bench)",
    )
    parser.add_argument(
        "--data",
        type=existing_file,
        action="append",
        default=[],
        metavar="FILE",
        help="a further data file, such as TSPLIB's; may be given several times",
    )
    parser.add_argument(
        "--seconds",
        type=at_least(1),
        default=300,
        metavar="N",
        help="of processor time, all cores together; runs are cut short to end about then "
        "(default: 300)",
    )
    add_machine_arguments(parser)
    return parser
