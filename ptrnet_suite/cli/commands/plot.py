"""`ptrnet plot`: one door to pictures of runs, of result files, of data and of attention."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ptrnet_suite.cli.arguments import (
    Parser,
    add_task_arguments,
    at_least,
    chosen_task,
    data_name,
    picture_file,
)
from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ptrnet_suite.studies.training_curves import StepCurve


NOTHING: StepCurve = {"x": [], "y": []}


def run(given: Sequence[str]) -> None:
    """Parses and draws: `data TASK FILE`, `attention TASK FILE`, runs, or result files."""
    if given and given[0] == "data":
        _plot_data(given[1:])
    elif given and given[0] == "attention":
        from ptrnet_suite.cli.commands import attention

        attention.run(given[1:])
    else:
        _plot_recorded(given)


def _plot_recorded(given: Sequence[str]) -> None:
    arguments = _recorded_parser().parse_args(given)
    paths, out = arguments.recorded, arguments.out
    results = [path for path in paths if path.suffix == ".json"]
    if results and len(results) < len(paths):
        raise InputError("runs and result files cannot share a picture; give the one or the other")
    if results and out is None:
        raise InputError("the picture of result files needs a name; give --out FILE")
    chosen = (arguments.by, arguments.metric, arguments.only)
    if not results and chosen != (None, None, None):
        raise InputError("--by, --metric and --only are for result files, not for training runs")
    from ptrnet_suite.reporting.style import save

    if results:
        from ptrnet_suite.studies.recorded import recorded_picture

        print(save(recorded_picture(results, *chosen), out))
        return
    from ptrnet_suite.studies.training_curves import curves_by_run, log_of

    logs = [log_of(path) for path in paths]
    figure = training_picture(curves_by_run(logs, arguments.each))
    print(save(figure, out or logs[0].with_name("curves.png")))


def training_picture(runs: dict[str, dict[str, StepCurve]]) -> Figure:
    """A panel for each figure that was recorded, with a line for each run or configuration."""
    from ptrnet_suite.reporting.style import one_legend, panels

    names = dict.fromkeys(name for curves in runs.values() for name in curves)
    figure, axes = panels(len(names), 3, 5.0, 3.4)
    for ax, name in zip(axes, names, strict=True):
        # A run without this figure is an empty line, so that all panels have the same colours.
        _draw(ax, name, {run: curves.get(name, NOTHING) for run, curves in runs.items()})
    one_legend(figure, axes, min(4, len(runs)))
    return figure


def _draw(ax: Axes, name: str, curves: dict[str, StepCurve]) -> None:
    from ptrnet_suite.reporting.charts import training_curves

    values = [value for curve in curves.values() for value in curve["y"]]
    logarithmic = name == "loss" and min(values) > 0
    training_curves(curves, ax, "step", name.replace("_", " "), logarithmic)


def _plot_data(given: Sequence[str]) -> None:
    arguments = _data_parser().parse_args(given)
    from ptrnet_suite.cli.inputs import read_first
    from ptrnet_suite.cli.pictures import draw_instances

    task = chosen_task(arguments)
    instances = read_first(task, arguments.file, arguments.limit)
    if instances.solutions is None:
        instances = task.label(instances)
    draw_instances(task, instances, None, arguments.out)
    print(arguments.out)


def _recorded_parser() -> Parser:
    parser = Parser(
        "plot",
        "Draws training curves of runs (mean and spread of those that differ in the seed alone),\n"
        "or what `ptrnet evaluate`, `solve`, `bench` and `diagnose` wrote as JSON: figures by\n"
        "size, by length or against time, search errors, exposure. `ptrnet plot data --help`:\n"
        "instances of a data file; `ptrnet plot attention --help`: how a model answers one.",
        "ptrnet plot runs/tsp50 runs/tsp50-wide --out curves.svg",
    )
    parser.add_argument(
        "recorded",
        nargs="+",
        type=Path,
        metavar="RUN|FILE",
        help="runs' folders or their metrics.jsonl, or result files (.json)",
    )
    parser.add_argument(
        "--by",
        choices=["size", "length", "time"],
        help="of results: what lies along the picture (default: what the files suggest)",
    )
    parser.add_argument(
        "--metric", metavar="NAME", help="of results: which one (default: the task's first)"
    )
    parser.add_argument(
        "--only", metavar="WORDS", help="of results: the panels with these words in their title"
    )
    parser.add_argument(
        "--each", action="store_true", help="of runs: a line for each, seeds not put together"
    )
    parser.add_argument(
        "--out",
        type=picture_file,
        metavar="FILE",
        help=".png, .svg or .pdf (default for runs: curves.png in the first run's folder)",
    )
    return parser


def _data_parser() -> Parser:
    parser = Parser(
        "plot data",
        "Draws the first instances of a data file with their solutions.",
        "ptrnet plot data tsp tsp50.npz --out tours.png",
    )
    add_task_arguments(parser)
    parser.add_argument("file", type=data_name, metavar="FILE|NAME", help="what the task reads")
    parser.add_argument("--limit", type=at_least(1), default=12, metavar="N", help="default: 12")
    parser.add_argument(
        "--out", required=True, type=picture_file, metavar="FILE", help=".png, .svg or .pdf"
    )
    return parser
