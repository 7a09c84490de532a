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

    from ptrnet_suite.cli.inputs import Inputs
    from ptrnet_suite.studies.solver.running import Run
    from ptrnet_suite.task.presenter import AttentionTrace

SUFFIXES = (".png", ".svg", ".pdf", ".gif")
NUMBERS = (".json", ".npz", ".txt")


def run(given: Sequence[str]) -> None:
    """Parses, answers one instance and draws its attention, or writes that of all as numbers."""
    arguments = _parser().parse_args(given)
    if (arguments.file is None) == (arguments.text is None):
        raise InputError("attention needs a file or --text, one of the two")
    if arguments.out is None and arguments.numbers is None:
        raise InputError("attention needs --out FILE for a picture, --numbers FILE, or both")
    inputs = _opened(arguments)
    index, count = (arguments.instance or 1) - 1, len(inputs.instances)
    if index >= count:
        raise InputError(f"--instance {index + 1}: there are {count} instances")
    from ptrnet_suite.cli.notes import tell_notes
    from ptrnet_suite.runtime.device import seeded
    from ptrnet_suite.search.spec import parse_search
    from ptrnet_suite.studies.solver.running import Run

    device = next(inputs.checkpoint.model.parameters()).device
    search, generator = parse_search(arguments.search or "greedy"), seeded(arguments.seed, device)
    run = Run(inputs.checkpoint, inputs.instances, search, generator)
    if arguments.out is not None:
        _picture(arguments, run, index)
    if arguments.numbers is not None:
        _numbers(arguments, run, range(count) if arguments.instance is None else [index])
    tell_notes(inputs.notes)


def _picture(arguments: argparse.Namespace, run: Run, index: int) -> None:
    """Tells one answer and draws how it came about."""
    from ptrnet_suite.evaluation.attention_trace import answer_of
    from ptrnet_suite.studies.solver.attention import traced

    choices, trace = traced(run, index)
    answer = answer_of(run.task, run.instances, index, choices)
    print(run.task.presenter.describe(run.instances, index, answer))
    _draw(arguments, run, index, choices, trace)
    print(arguments.out)


def _numbers(arguments: argparse.Namespace, run: Run, indices: Sequence[int]) -> None:
    """Writes the weights along the answers to some instances."""
    from ptrnet_suite.cli.answer_tables import names_of
    from ptrnet_suite.studies.solver.attention import attention_map
    from ptrnet_suite.studies.solver.attention_files import write_attention

    names = names_of([run.instances])
    maps = [attention_map(run, index) for index in indices]
    write_attention([names[index] for index in indices], maps, arguments.numbers)
    print(arguments.numbers)


def _draw(
    arguments: argparse.Namespace,
    run: Run,
    index: int,
    choices: np.ndarray,
    trace: AttentionTrace,
) -> None:
    """As an animation, as the first steps side by side, or all steps in one picture."""
    from ptrnet_suite.reporting.decoding import animate, draw_steps, plot_attention
    from ptrnet_suite.reporting.style import figure_of, save

    answer = (run.task, run.instances, index, choices, trace)
    if arguments.out.suffix.lower() == ".gif":
        animate(*answer, arguments.out, arguments.speed)
    elif arguments.steps is not None:
        save(draw_steps(*answer, arguments.steps), arguments.out)
    else:
        save(figure_of(plot_attention(*answer)), arguments.out)


def _opened(arguments: argparse.Namespace) -> Inputs:
    from ptrnet_suite.cli.inputs import open_inputs

    if arguments.text is None:
        return open_inputs(arguments, arguments.file)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        path.write_text(arguments.text + "\n", encoding="utf-8")
        return open_inputs(arguments, path)


def _picture_file(text: str) -> Path:
    """An argparse type: a file that a still or a moving picture can be written to."""
    path = Path(text)
    if path.suffix.lower() not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"{text!r} must end in {', '.join(SUFFIXES)}")
    return path


def _numbers_file(text: str) -> Path:
    """An argparse type: a file that attention can be written to as numbers."""
    path = Path(text)
    if path.suffix.lower() not in NUMBERS:
        raise argparse.ArgumentTypeError(f"{text!r} must end in {', '.join(NUMBERS)}")
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
        "--instance",
        type=at_least(1),
        metavar="N",
        help="which one (default: the first for a picture, all for numbers)",
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
        "--out", type=_picture_file, metavar="FILE", help="a picture: .png, .svg, .pdf or .gif"
    )
    parser.add_argument(
        "--numbers",
        type=_numbers_file,
        metavar="FILE",
        help="the weights as .json or .npz, or as .txt a line `0-0 1-2` for each instance: the "
        "input position that each step looks at most",
    )
    return parser
