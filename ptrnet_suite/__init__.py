"""Train, run, compare and understand attention-based encoder-decoders that point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ptrnet_suite.runtime.version import __version__ as __version__

if TYPE_CHECKING:
    from ptrnet_suite.studies.solver import Solver


def load(name: str, checkpoint: str | None = None, search: str = "greedy") -> Solver:
    """A solver for a task (`load("tsp")`) or for a checkpoint by name or file.

    Raises InputError where neither is known.
    """
    from ptrnet_suite.studies.solver import Solver

    return Solver(name, checkpoint, search)


def __getattr__(name: str) -> Any:
    if name == "InputError":
        from ptrnet_suite.errors import InputError

        return InputError
    raise AttributeError(f"module 'ptrnet_suite' has no attribute {name!r}")
