"""A checkpoint as a function: problems in, answers out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import Checkpoint, default_checkpoint, load_checkpoint, shipped
from ptrnet_suite.runtime.device import seeded
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import task_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ptrnet_suite.task.presenter import AttentionTrace


class Solver:
    """Solves problems of one task; `load` makes it.

    Without a checkpoint named, each call takes the shipped one that suits the size of the input.
    """

    def __init__(self, name: str, checkpoint: str | None = None, search: str = "greedy") -> None:
        if checkpoint is None and name not in task_names():
            checkpoint, name = name, load_checkpoint(name).task.name
        self.task_name, self.search = name, search
        self._fixed = None if checkpoint is None else _of_task(checkpoint, name)
        self._loaded: dict[str, Checkpoint] = {}

    @property
    def task(self) -> Task:
        """The task with its options, as its checkpoint has them."""
        return self.checkpoint().task

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """The checkpoint that solves inputs of that size."""
        if self._fixed is not None:
            return self._fixed
        name = default_checkpoint(self.task_name, size)
        if name not in self._loaded:
            self._loaded[name] = load_checkpoint(shipped()[name])
        return self._loaded[name]

    def solve(self, problem: Any, search: str | None = None, seed: int = 0) -> Any:
        """The answer to one problem, or a list of answers to several.

        problem: for points `(n, 2)` or `(batch, n, 2)`; for text a string or a list of them.
        Raises InputError for a problem that has no answer.
        """
        inputs, single = _several(problem)
        checkpoint, instances = self._opened(inputs)
        answers = solve_instances(
            checkpoint.model,
            checkpoint.task,
            instances,
            parse_search(search or self.search),
            generator=seeded(seed, next(checkpoint.model.parameters()).device),
        )
        return answers[0] if single else answers

    def plot(
        self, problem: Any, answer: Any, reference: Any = None, ax: Axes | None = None
    ) -> Axes:
        """Draws an answer to one problem, over the reference where given, and returns the axes.

        Raises InputError as `solve`, and for several problems.
        """
        from ptrnet_suite.reporting.answers import plot_answer

        checkpoint, instances = self._opened(_one(problem))
        return plot_answer(checkpoint.task, instances, 0, answer, reference, ax)

    def plot_attention(
        self, problem: Any, search: str | None = None, seed: int = 0, ax: Axes | None = None
    ) -> Axes:
        """Draws how one problem is answered: the order of choices over points, else a heat map.

        Raises InputError as `plot`, and for a model that neither looks nor points.
        """
        from ptrnet_suite.reporting.decoding import plot_attention

        task, instances, index, choices, looks = self._looked(problem, search, seed)
        return plot_attention(task, instances, index, choices, looks, ax)

    def animate(
        self,
        problem: Any,
        path: Path | str,
        speed: float = 2,
        search: str | None = None,
        seed: int = 0,
    ) -> Path:
        """Writes the same as a GIF, `speed` choices a second; raises InputError for other files."""
        from ptrnet_suite.reporting.decoding import animate

        return animate(*self._looked(problem, search, seed), path, speed)

    def _opened(self, inputs: Any) -> tuple[Checkpoint, Instances]:
        """The checkpoint that suits, and the instances checked."""
        instances = Instances(inputs, source="the problem given")
        checkpoint = self.checkpoint(int(instances.sizes().max()) if len(instances) else None)
        checkpoint.task.formats.check(instances)
        return checkpoint, instances

    def _looked(
        self, problem: Any, search: str | None, seed: int
    ) -> tuple[Task, Instances, int, np.ndarray, AttentionTrace]:
        """What the pictures of one answer are drawn from."""
        from ptrnet_suite.evaluation.attention_trace import decode_with_trace

        checkpoint, instances = self._opened(_one(problem))
        model, found = checkpoint.network, parse_search(search or self.search)
        generator = seeded(seed, next(model.parameters()).device)
        made = decode_with_trace(model, checkpoint.task, instances, 0, found, generator)
        return checkpoint.task, instances, 0, made.choices, made.looks


def _one(problem: Any) -> Any:
    """The one problem as a sequence; raises InputError for several."""
    inputs, single = _several(problem)
    if not single and len(inputs) != 1:
        raise InputError(f"{len(inputs)} problems cannot share a picture; give one of them")
    return inputs


def _of_task(name: str, task: str) -> Checkpoint:
    found = load_checkpoint(name)
    if found.task.name != task:
        raise InputError(f"checkpoint {name!r} is for task {found.task.name!r}, not {task!r}")
    return found


def _several(problem: Any) -> tuple[Any, bool]:
    """The problems as a sequence, and whether only one was given."""
    if isinstance(problem, str):
        return [problem], True
    if isinstance(problem, list | tuple) and problem and isinstance(problem[0], str):
        return list(problem), False
    if isinstance(problem, list | tuple) and problem and isinstance(problem[0], np.ndarray):
        return list(problem), False
    array = np.asarray(problem, dtype=float)
    if array.ndim not in (2, 3):
        raise InputError(
            f"a problem of shape {array.shape} cannot be read; give (n, features) or "
            "(batch, n, features)"
        )
    return (array[None], True) if array.ndim == 2 else (array, False)
