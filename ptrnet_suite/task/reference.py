"""Classical solvers that answers are held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError


@final
@dataclass(frozen=True)
class Reference:
    """A classical solver that answers are held against.

    solve: instances -> one answer each, in the form of `Task.answers`.
    """

    name: str
    description: str
    solve: Callable[[Instances], Sequence[Any] | np.ndarray]
    exact: bool = False
    largest: int | None = None
    """Largest input it can take, or None."""
    available: Callable[[], bool] = lambda: True
    """Whether what it needs is installed."""
    installed_by: str = ""
    """The words that say how to install that: `install it with: pip install ...`."""


def solved_by_the_best(
    references: Mapping[str, Reference], instances: Instances, task: str
) -> Sequence[Any] | np.ndarray:
    """Answers of the first reference that is installed and takes inputs of this size.

    Raises InputError where there is none.
    """
    size = int(np.max(instances.sizes(), initial=0))
    for reference in references.values():
        if reference.available() and size <= (reference.largest or size):
            return reference.solve(instances)
    raise InputError(
        f"{instances.source} has no solutions, and the task {task} has no reference that solves "
        f"inputs of size {size}; accepted is data with solutions"
    )
