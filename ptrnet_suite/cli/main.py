"""`ptrnet`: finds the subcommand, and turns what goes wrong into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from ptrnet_suite import __version__
from ptrnet_suite.errors import InputError, Interrupted
from ptrnet_suite.runtime.faults import sentence_of
from ptrnet_suite.runtime.processes import keep_memory
from ptrnet_suite.runtime.registry import unknown

COMMANDS = {
    "list": "tasks, shipped checkpoints, searches and solvers",
    "solve": "answers for the instances of a file, in words and as a picture",
    "evaluate": "how good a checkpoint is on a data file",
    "diagnose": "where mistakes come from: the search, the model, or its own earlier choices",
    "attention": "where a model looks or points while it writes: a picture or an animation",
    "bench": "shipped checkpoints against classical solvers: tables and pictures",
    "train": "train a model",
    "compare": "training strategies side by side, after the same CPU time",
    "average": "one checkpoint from the mean weights of several",
    "export": "a checkpoint in half or a quarter of the space",
    "data": "generate instances with their solutions",
    "fetch": "public data sets, checked against their checksums",
    "plot": "pictures of training runs, of result files, or of a data file's instances",
}
"""Subcommand -> what it gives, in the order that a newcomer needs them."""

FAULT, REFUSED, INTERRUPTED = 1, 2, 130

TRACEBACK = "PTRNET_TRACEBACK"
"""Environment variable under which errors show where they come from, in place of one line."""

LONGEST_LINE = 4000
"""Characters of a message, which may name all of a task's checkpoints, or a whole file's text."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code; whatever goes wrong is told in one line.

    0 is for work that was done, 2 for what the user can change: bad input, a file or a disk that
    cannot be written, memory that does not suffice; 130 and 143 for a command that a signal
    stopped, 1 for a fault of the program. Called from Python with `arguments`, and where
    `PTRNET_TRACEBACK` is set, such a fault is raised.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # By default OpenMP's threads spin while they wait for each other: beside another busy process
    # decoding with 2 threads on 2 cores is then hundreds of times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    _open_streams()
    try:
        _dispatch(given)
        sys.stdout.flush()
    except InputError as error:
        return _one_line(str(error), REFUSED)
    except Interrupted as error:
        return _one_line(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _one_line("stopped by the keyboard", INTERRUPTED)
    except BrokenPipeError:
        _silence_output()  # The reader (such as `head`) has left.
    except Exception as error:
        return _last_line_of_defence(error, is_own_process=arguments is None)
    return 0


def _last_line_of_defence(error: Exception, is_own_process: bool) -> int:
    """One line about what nobody foresaw, and its exit code."""
    if os.environ.get(TRACEBACK):
        raise error
    sentence = sentence_of(error)
    if sentence is not None:
        _silence_output()
        return _one_line(sentence, REFUSED)
    if not is_own_process:
        raise error
    return _one_line(
        f"this is a fault of ptrnet, not of what it was given: {type(error).__name__}: {error}; "
        f"{TRACEBACK}=1 shows where",
        FAULT,
    )


def _open_streams() -> None:
    """Puts the null device where a standard stream is closed, or a file would take its place."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(null, "r" if name == "stdin" else "w"))  # noqa: PTH123, SIM115


def _silence_output() -> None:
    """Where standard output cannot take what is left, nothing more is written, not even at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(given: list[str]) -> None:
    if not given or given[0] in ("-h", "--help", "help"):
        print(_overview())
    elif given[0] in ("-V", "--version"):
        print(f"ptrnet-suite {__version__}")
    elif given[0] in COMMANDS:
        keep_memory()
        import_module(f"ptrnet_suite.cli.commands.{given[0]}").run(given[1:])
    else:
        raise InputError(unknown("command", given[0], list(COMMANDS)))


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {summary}" for name, summary in COMMANDS.items()]
    return "\n".join(
        [
            "usage: ptrnet COMMAND ...",
            "",
            "Train, run, compare and understand attention-based encoder-decoders that point.",
            "",
            *lines,
            "",
            "`ptrnet COMMAND --help` tells what each takes.",
        ]
    )


def _one_line(message: str, code: int) -> int:
    """Prints the message without what a terminal would take for more than text."""
    words = " ".join(message.split())
    line = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in (words if len(words) <= LONGEST_LINE else f"{words[:LONGEST_LINE]} ...")
    )
    with suppress(OSError):
        print(f"ptrnet: {line}", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
