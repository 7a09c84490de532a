"""`ptrnet compare`: strategies or models side by side, after the same CPU time."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ptrnet_suite.cli.arguments import Parser, at_least


def run(given: Sequence[str]) -> None:
    """Parses, makes the runs that are not there yet, and writes the report."""
    arguments = _parser().parse_args(given)
    from ptrnet_suite.studies.comparison.plan import changed, check_plan, find_plan, parse_plan

    plan = parse_plan(arguments.plan)
    plan = changed(plan, arguments.minutes, arguments.seeds, arguments.only)
    check_plan(plan, f"plan {find_plan(arguments.plan)}")
    from ptrnet_suite.studies.comparison.engine import compare

    output = arguments.output or Path("runs") / f"compare_{find_plan(arguments.plan).stem}"
    compare(plan, output, arguments.jobs)


def _minutes(text: str) -> float:
    """An argparse type: a finite number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _parser() -> Parser:
    parser = Parser(
        "compare",
        "Trains several strategies or models for the same CPU time: table and curves.\n"
        "Complete runs are kept and stopped ones gone on with when it is called again.",
        "ptrnet compare strategies --minutes 1 --seeds 3 --output comparison",
    )
    accepted = "a shipped plan (strategies, attention, papers, long_inputs) or a YAML file"
    parser.add_argument("plan", metavar="PLAN", help=accepted)
    parser.add_argument(
        "--minutes", type=_minutes, metavar="M", help="CPU minutes of a run (default: the plan's)"
    )
    parser.add_argument(
        "--seeds", type=at_least(1), metavar="N", help="runs of each (default: the plan's)"
    )
    parser.add_argument(
        "--jobs", type=at_least(1), metavar="J", help="runs at a time (default: usable cores)"
    )
    parser.add_argument(
        "--only", nargs="+", metavar="TASK", help="these of the plan's tasks (default: all)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="for table.md, report.html, results.json, pictures and runs "
        "(default: runs/compare_PLAN)",
    )
    return parser
