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
    """Answers of the first reference that is installed and takes an instance of this size.

    Each instance has its own, so that company changes no answer. Raises InputError where there is
    none.
    """
    sizes = instances.sizes()
    solved: list[Any] = [None] * len(instances)
    left = np.arange(len(instances))
    for reference in (each for each in references.values() if each.available()):
        fits = sizes[left] <= (reference.largest or np.inf)
        if fits.all() and len(left) == len(instances):
            return reference.solve(instances)
        if fits.any():
            answers = reference.solve(instances.subset(left[fits]))
            for index, answer in zip(left[fits], answers, strict=True):
                solved[index] = answer
        left = left[~fits]
        if not len(left):
            return solved
    size = int(sizes.max(initial=0))
    raise InputError(
        f"{instances.source} has no solutions, and the task {task} has no reference that solves "
        f"inputs of size {size}; accepted is data with solutions"
    )
