"""`ptrnet`: finds the subcommand, and turns what goes wrong into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from ptrnet_suite import __version__
from ptrnet_suite.errors import InputError, Interrupted
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

BAD_INPUT, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code: 0, 2 for bad input, 130 when stopped."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # By default OpenMP's threads spin while they wait for each other: beside another busy process
    # decoding with 2 threads on 2 cores is then hundreds of times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        _dispatch(given)
        sys.stdout.flush()
    except InputError as error:
        return _one_line(str(error), BAD_INPUT)
    except Interrupted as error:
        return _one_line(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _one_line("stopped by the keyboard", INTERRUPTED)
    except BrokenPipeError:
        # The reader (such as `head`) has left; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        if error.filename is None:
            raise
        return _one_line(f"{error.filename}: {error.strerror}", BAD_INPUT)
    return 0


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
    print(f"ptrnet: {' '.join(message.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
