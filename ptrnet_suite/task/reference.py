"""Classical solvers that answers are held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ptrnet_suite.data.instances import Instances


@dataclass(frozen=True)
class Reference:
    """A classical solver that answers are held against.

    solve: instances -> one answer each, in the form of `Task.answers`.
    """

    name: str
    description: str
    solve: Callable[[Instances], Sequence[Any]]
    exact: bool = False
    largest: int | None = None
    """Largest input it can take, or None."""
    available: Callable[[], bool] = lambda: True
    """Whether what it needs is installed."""
