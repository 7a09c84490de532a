"""`ptrnet attention`: where a model looks or points while it writes, still or moving."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ptrnet_suite.cli.arguments import Parser, add_model_arguments, at_least, data_name
from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.model.checkpoint import Checkpoint
    from ptrnet_suite.task.base import Task
    from ptrnet_suite.task.presenter import AttentionTrace

SUFFIXES = (".png", ".svg", ".pdf", ".gif")


def run(given: Sequence[str]) -> None:
    """Parses, answers one instance and draws its attention."""
    arguments = _parser().parse_args(given)
    if (arguments.file is None) == (arguments.text is None):
        raise InputError("attention needs a file or --text, one of the two")
    checkpoint, instances = _opened(arguments)
    index = arguments.instance - 1
    if index >= len(instances):
        raise InputError(f"--instance {index + 1}: there are {len(instances)} instances")
    from ptrnet_suite.evaluation.attention_trace import answer_of, decode_with_trace
    from ptrnet_suite.runtime.device import seeded
    from ptrnet_suite.search.spec import parse_search

    search = parse_search(arguments.search)
    task, model = checkpoint.task, checkpoint.network
    generator = seeded(arguments.seed, next(model.parameters()).device)
    choices, trace = decode_with_trace(model, task, instances, index, search, generator)
    print(task.presenter.describe(instances, index, answer_of(task, instances, index, choices)))
    _draw(arguments, task, instances, choices, trace)
    print(arguments.out)


def _draw(
    arguments: argparse.Namespace,
    task: Task,
    instances: Instances,
    choices: np.ndarray,
    trace: AttentionTrace,
) -> None:
    """As an animation, as the first steps side by side, or all steps in one picture."""
    from ptrnet_suite.reporting.decoding import animate, draw_steps, plot_attention
    from ptrnet_suite.reporting.style import figure_of, save

    answer = (instances, arguments.instance - 1, choices, trace)
    if arguments.out.suffix.lower() == ".gif":
        animate(task, *answer, arguments.out, arguments.speed)
    elif arguments.steps is not None:
        save(draw_steps(task, *answer, arguments.steps), arguments.out)
    else:
        save(figure_of(plot_attention(task, *answer)), arguments.out)


def _opened(arguments: argparse.Namespace) -> tuple[Checkpoint, Instances]:
    from ptrnet_suite.cli.inputs import open_inputs

    if arguments.text is None:
        return open_inputs(arguments, arguments.file)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        path.write_text(arguments.text + "\n", encoding="utf-8")
        return open_inputs(arguments, path)


def _picture(text: str) -> Path:
    """An argparse type: a file that a still or a moving picture can be written to."""
    path = Path(text)
    if path.suffix.lower() not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"{text!r} must end in {', '.join(SUFFIXES)}")
    return path


def _parser() -> Parser:
    parser = Parser(
        "attention",
        "Draws where a model looks before each thing that it writes; of points, in which order it\n"
        "chooses them and how sure it is. A dot and a bracket are the centre and the window of a\n"
        "local alignment. A .gif shows one step after another.",
        "ptrnet attention text --checkpoint g2p --text PHYSIOLOGY --out physiology.png",
    )
    parser.add_argument("task", metavar="TASK", help="a task (see `ptrnet list`)")
    parser.add_argument(
        "file", nargs="?", type=data_name, metavar="FILE|NAME", help="what the task reads"
    )
    parser.add_argument("--text", metavar="TEXT", help="one input as a line, in place of a file")
    parser.add_argument(
        "--instance", type=at_least(1), default=1, metavar="N", help="which one (default: 1)"
    )
    parser.add_argument(
        "--steps", type=at_least(1), metavar="N", help="the first N steps, a panel for each"
    )
    parser.add_argument(
        "--speed",
        type=at_least(1),
        default=2,
        metavar="N",
        help=".gif: steps a second (default: 2)",
    )
    add_model_arguments(parser)
    parser.add_argument(
        "--out", required=True, type=_picture, metavar="FILE", help=".png, .svg, .pdf or .gif"
    )
    return parser
