"""`ptrnet attention`: where a model looks while it writes, as a heat map or an animation."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ptrnet_suite.cli.arguments import Parser, add_model_arguments, at_least, data_name
from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from ptrnet_suite.checkpoint import Checkpoint
    from ptrnet_suite.data import Instances

SUFFIXES = (".png", ".svg", ".pdf", ".gif")


def run(given: Sequence[str]) -> None:
    """Parses, answers one instance and draws its attention."""
    arguments = _parser().parse_args(given)
    if (arguments.file is None) == (arguments.text is None):
        raise InputError("attention needs a file or --text, one of the two")
    from ptrnet_suite.attending import answered
    from ptrnet_suite.plotting import save
    from ptrnet_suite.search.spec import parse_search

    search = parse_search(arguments.search)
    checkpoint, instances = _opened(arguments)
    index = arguments.instance - 1
    if index >= len(instances):
        raise InputError(f"--instance {index + 1}: there are {len(instances)} instances")
    choices, looks = answered(checkpoint.model, checkpoint.task, instances, index, search)
    task = checkpoint.task
    print(task.describe(instances, index, task.answers(instances.subset([index]), [choices])[0]))
    if arguments.out.suffix == ".gif":
        from ptrnet_suite.attention_map import animate

        animate(looks, *task.positions_and_steps(instances, index, choices), arguments.out)
    else:
        ax = task.plot_attention(instances, index, choices, looks)
        figure = ax.get_figure(root=True)
        assert figure is not None
        save(figure, arguments.out)
    print(arguments.out)


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
        "Draws where a model looks before each thing that it writes. A dot and a bracket are the\n"
        "centre and the window of a local alignment. A .gif shows one step after another.",
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
    add_model_arguments(parser)
    parser.add_argument(
        "--out", required=True, type=_picture, metavar="FILE", help=".png, .svg, .pdf or .gif"
    )
    return parser
