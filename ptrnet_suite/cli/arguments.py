"""What the subcommands' arguments have in common: one look of help, one kind of error."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, final

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.registry import nearest

if TYPE_CHECKING:
    from ptrnet_suite.task.base import Task

PICTURES = (".png", ".svg", ".pdf")


@final
class Parser(argparse.ArgumentParser):
    """An argument parser whose mistakes are InputErrors and whose options are never shortened."""

    def __init__(self, command: str, description: str, example: str, add_help: bool = True) -> None:
        super().__init__(
            prog=f"ptrnet {command}",
            description=description,
            epilog=f"example: {example}",
            allow_abbrev=False,
            add_help=add_help,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    def error(self, message: str) -> NoReturn:
        """Raises InputError in place of argparse's two lines of usage."""
        words = message.removeprefix("unrecognized arguments: ")
        if words != message and words.startswith("--"):
            near = nearest(words.split()[0].partition("=")[0], [*self._option_string_actions])
            message += f"; did you mean {near!r}" if near else ""
        raise InputError(f"{message}; `{self.prog} --help` tells what is accepted")


def at_least(smallest: int) -> type[int]:
    """An argparse type: a whole number of at least `smallest`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = smallest - 1
        if value < smallest:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a whole number of at least {smallest}"
            )
        return value

    return parse  # type: ignore[return-value]


def whole_numbers(text: str) -> list[int]:
    """An argparse type: whole numbers with commas between them."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of whole numbers such as 10,20,30"
        ) from None


def existing_file(text: str) -> Path:
    """An argparse type: the path of a file that is there."""
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder; a file is needed")
    return path


def data_name(text: str) -> Path:
    """An argparse type: a file, a folder of files, `-` for standard input, or a name.

    What is no file the task looks up as data that it knows by name.
    """
    return Path(text)


def picture_file(text: str) -> Path:
    """An argparse type: a path whose suffix names a format of pictures."""
    if Path(text).suffix.lower() not in PICTURES:
        raise argparse.ArgumentTypeError(
            f"{text} is no picture's name; accepted are {', '.join(PICTURES)}"
        )
    return Path(text)


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """`--checkpoint`, `--search` and what decides how decoding runs."""
    parser.add_argument(
        "--checkpoint",
        metavar="NAME|FILE",
        help="a shipped checkpoint (see `ptrnet list`) or a file; to solve and to evaluate also "
        "several, joined by +, which answer together; "
        "by default the shipped one that suits the task and size",
    )
    parser.add_argument(
        "--search",
        metavar="SPEC",
        help="how to decode: greedy, sample:128,temperature=0.7, beam:16, ... (default: greedy)",
    )
    parser.add_argument(
        "--limit", type=at_least(1), metavar="N", help="only N of the instances, drawn by the seed"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuses a file where an instance cannot be read as it stands, instead of answering "
        "the others and saying so",
    )
    parser.add_argument(
        "--batch-size",
        type=at_least(1),
        metavar="N",
        help="instances decoded together (default: chosen by size)",
    )
    parser.add_argument(
        "--precision",
        choices=["float32", "bfloat16"],
        default="float32",
        help="of matrix products; bfloat16 is faster where the processor has it (default: float32)",
    )
    parser.add_argument(
        "--seed",
        type=at_least(0),
        default=0,
        metavar="N",
        help="of sampling and --limit (default: 0)",
    )
    add_machine_arguments(parser)


def add_solver_argument(parser: argparse.ArgumentParser) -> None:
    """`--solver`, for commands that answer with a classical solver, too."""
    parser.add_argument(
        "--solver",
        metavar="NAME",
        help="a classical solver (see `ptrnet list`) in place of a model, and beside it where "
        "--checkpoint or --search is given, too",
    )


def add_ends_arguments(parser: argparse.ArgumentParser) -> None:
    """`--open`, `--start` and `--end`, for answers such as tours."""
    ends = parser.add_argument_group("where tours begin and end")
    ends.add_argument("--open", action="store_true", help="a path that does not go back")
    ends.add_argument(
        "--start",
        metavar="CITY",
        help="the first city, as tours print it: its name, else its number from 0 on",
    )
    ends.add_argument("--end", metavar="CITY", help="the last city; the tour is then open")


def asked_ends(arguments: argparse.Namespace) -> dict[str, Any]:
    """What those say, as `Task.with_ends` takes it; empty where nothing was given."""
    given = {"open": arguments.open, "start": arguments.start, "end": arguments.end}
    return given if any(given.values()) else {}


def add_task_arguments(parser: argparse.ArgumentParser) -> None:
    """`TASK` and `--option`, for commands that make the task themselves."""
    parser.add_argument("task", metavar="TASK", help="a task (see `ptrnet list`)")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the task, such as problem=g2p; may be given several times",
    )


def chosen_task(arguments: argparse.Namespace) -> Task:
    """The task named with its options; raises InputError for an unknown task or option."""
    from ptrnet_suite.runtime.config_values import CommandLineText
    from ptrnet_suite.task.registry import load_task

    options = {}
    for given in arguments.option:
        name, separator, value = given.partition("=")
        if not separator:
            raise InputError(f"--option {given} has no value; accepted is NAME=VALUE")
        options[name] = CommandLineText(value).read()
    return load_task(arguments.task, options)


def add_machine_arguments(parser: argparse.ArgumentParser) -> None:
    """`--device` and `--threads`."""
    parser.add_argument(
        "--device", default="auto", help="auto, cpu, cuda, cuda:N or mps (default: auto)"
    )
    parser.add_argument(
        "--threads", type=at_least(1), metavar="N", help="CPU threads (default: torch's choice)"
    )
