"""`ptrnet plot`: training curves of runs, or the instances of a data file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

LOG = "metrics.jsonl"
"""What the training loop writes into a run's folder."""

CURVES = (
    *("loss", "learning_rate", "gradient_norm", "gradient_norm_deviation"),
    *("gradient_noise", "entropy", "instances_per_second"),
)

Curve = dict[str, list[float]]


def run(given: Sequence[str]) -> None:
    """Parses and draws: `data TASK FILE`, or runs."""
    if given and given[0] == "data":
        _plot_data(given[1:])
    else:
        _plot_runs(given)


def _plot_runs(given: Sequence[str]) -> None:
    arguments = _runs_parser().parse_args(given)
    logs = [_log_of(Path(name)) for name in arguments.runs]
    out = arguments.out or logs[0].with_name("curves.png")
    panels = _panels({_run_name(log): curves_of(log) for log in logs})
    from ptrnet_suite.plotting import new_figure, save

    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    figure, axes = new_figure(rows, columns, 5.0 * columns, 3.4 * rows)
    for ax, (name, curves) in zip(axes.flat, panels.items(), strict=False):
        _draw(ax, name, curves)
    for ax in axes.flat[len(panels) :]:
        ax.set_axis_off()
    save(figure, out)
    print(out)


def _draw(ax: Axes, name: str, curves: dict[str, Curve]) -> None:
    from ptrnet_suite.charts import training_curves

    logarithmic = name == "loss" and all(min(curve["y"]) > 0 for curve in curves.values())
    training_curves(curves, ax, "step", name.replace("_", " "), logarithmic)


def _log_of(path: Path) -> Path:
    log = path / LOG if path.is_dir() else path
    if not log.is_file():
        raise InputError(
            f"{path} is no run: a folder with {LOG}, as `ptrnet train` writes, is needed"
        )
    return log


def _run_name(log: Path) -> str:
    return log.resolve().parent.name if log.name == LOG else log.stem


def curves_of(log: Path) -> dict[str, Curve]:
    """What a run recorded: name -> {"x": steps, "y": values}; raises InputError for a bad line."""
    curves: dict[str, Curve] = {}
    lines = log.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            step = row["step"]
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines):
                break  # A run that still goes on, or was killed, may leave half a line.
            raise InputError(f"{log}, line {number} is no record of a training step") from error
        for name, value in _values_of(row).items():
            curve = curves.setdefault(name, {"x": [], "y": []})
            curve["x"].append(step)
            curve["y"].append(value)
    if not curves:
        raise InputError(f"{log} has no training steps yet")
    return curves


def _values_of(row: dict[str, Any]) -> dict[str, float]:
    """The figures of one line, validation metrics under their own names."""
    found = {name: row[name] for name in CURVES if row.get(name) is not None}
    for name, value in (row.get("validation") or {}).items():
        if value is not None:
            found[f"validation {name}"] = value
    return found


def _panels(runs: dict[str, dict[str, Curve]]) -> dict[str, dict[str, Curve]]:
    """The same curves by what they show, then by run."""
    names = dict.fromkeys(name for curves in runs.values() for name in curves)
    return {
        name: {run: curves[name] for run, curves in runs.items() if name in curves}
        for name in names
    }


def _plot_data(given: Sequence[str]) -> None:
    arguments = _data_parser().parse_args(given)
    from ptrnet_suite.cli.inputs import read_instances
    from ptrnet_suite.cli.pictures import draw_instances

    task = chosen_task(arguments)
    instances = read_instances(task, arguments.file, arguments.limit)
    if instances.solutions is None:
        instances = task.label(instances)
    draw_instances(task, instances, None, arguments.out)
    print(arguments.out)


def _runs_parser() -> Parser:
    parser = Parser(
        "plot",
        "Draws training curves of runs. `ptrnet plot data --help`: instances of a data file.",
        "ptrnet plot runs/tsp50 runs/tsp50-wide --out curves.svg",
    )
    parser.add_argument("runs", nargs="+", metavar="RUN|FILE", help=f"a run's folder or its {LOG}")
    parser.add_argument(
        "--out",
        type=picture_file,
        metavar="FILE",
        help=".png, .svg or .pdf (default: curves.png in the first run's folder)",
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
