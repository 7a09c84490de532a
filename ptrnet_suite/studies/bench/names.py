"""What a benchmark may be asked for; imports no torch."""

from __future__ import annotations

from collections.abc import Sequence

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.registry import unknown
from ptrnet_suite.task.registry import task_names

PAPER, SPEED = "paper", "speed"
"""Names that are no tasks: what stands beside published figures, and throughput."""


def check_names(names: Sequence[str]) -> None:
    """Raises InputError for a name that is neither a task nor one of those."""
    known = [*task_names(), PAPER, SPEED]
    for name in names:
        if name not in known:
            raise InputError(unknown("benchmark", name, known))
