"""`load(name).solve(problem)`: the face of trained models for programs."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, final, overload

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.attention_trace import TracedAnswer
from ptrnet_suite.evaluation.decode import decode_n_best, solve_instances
from ptrnet_suite.evaluation.perplexity import log_probabilities
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.runtime.device import choose_device
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.spec import as_search
from ptrnet_suite.studies.solver.answers import Solution, solutions_of, with_answers
from ptrnet_suite.studies.solver.attention import AttentionMap, attention_map, traced
from ptrnet_suite.studies.solver.checkpoints import CheckpointChoice, Named
from ptrnet_suite.studies.solver.problems import Problems, named
from ptrnet_suite.studies.solver.running import Run, Runner, check_count
from ptrnet_suite.task.base import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Several = Instances | list[str] | tuple[str, ...]
"""What is several problems by its type alone; of anything else the task's spec tells it."""

SearchName = str | Search
"""A name such as `beam:8`, or a search of one's own."""


@final
class Solver:
    """Solves problems of one task; `load` makes it.

    A problem is for vectors `(n, features)`, for images `(height, width)`, for tokens a text.
    Every method takes numpy arrays, tensors on any device, nested lists, whatever turns itself into
    an array, and `Instances`. Several problems are an array with one more axis, or a list, tuple or
    iterator of problems, of any sizes. One problem has one result, several have a list of them.
    Without a checkpoint named, each problem goes to the shipped one that suits its size.
    Every method raises InputError, in one sentence, for a problem that cannot be solved.
    """

    def __init__(
        self,
        name: Named,
        checkpoint: Named | None = None,
        search: SearchName = "greedy",
        *,
        device: str = "auto",
        precision: str = "float32",
        batch_size: int | None = None,
    ) -> None:
        chosen = as_search(search)
        self._choice = CheckpointChoice(name, checkpoint, choose_device(device))
        self._runner = Runner(self._choice, chosen, precision, batch_size)
        self.task_name = self._choice.task_name
        """The name of its task."""

    def __repr__(self) -> str:
        fixed, search = self._choice.fixed, self._runner.search
        which = "" if fixed is None else f" with checkpoint {fixed.name}"
        return f"<Solver of {self.task_name}{which} by {search} on {self._choice.device}>"

    @property
    def task(self) -> Task:
        """The task with its options, as its checkpoint has them."""
        return self._choice.task

    @property
    def search(self) -> Search:
        """What it searches with where no other search is asked for."""
        return self._runner.search

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """The checkpoint that solves inputs of that size."""
        return self._choice.for_size(size)

    def with_ends(
        self, open: bool = False, start: int | str | None = None, end: int | str | None = None
    ) -> Solver:
        """A solver of the same checkpoints whose answers begin and end where asked.

        Such as a path through all cities in place of a closed tour: open, from start to end.
        start, end: an index from 0 on, or in words a name or a number from 1 on; an end makes the
        answer open. Raises InputError for a task whose answers have no ends.
        """
        changed = copy(self)
        changed._choice = self._choice.with_ends(open=open, start=start, end=end)
        changed._runner = replace(self._runner, choice=changed._choice)
        return changed

    @overload
    def solve(
        self, problem: Several, search: SearchName | None = None, seed: int = 0, **ends: Any
    ) -> list[Any]: ...
    @overload
    def solve(
        self, problem: Any, search: SearchName | None = None, seed: int = 0, **ends: Any
    ) -> Any: ...
    def solve(
        self, problem: Any, search: SearchName | None = None, seed: int = 0, **ends: Any
    ) -> Any:
        """The answer to a problem, such as an order, corners, a text; a list of them to several.

        ends: `open`, `start` and `end`, as `with_ends` takes them.
        """
        if ends:
            return self.with_ends(**ends).solve(problem, search, seed)

        def work(run: Run) -> list[Any]:
            size = self._runner.batch_size
            return solve_instances(*run.decoded, size, run.generator)

        return self._runner.each(self._runner.opened(problem), search, seed, work)

    @overload
    def solutions(
        self, problem: Several, search: SearchName = "beam:5", n_best: int = 3, seed: int = 0
    ) -> list[list[Solution]]: ...
    @overload
    def solutions(
        self, problem: Any, search: SearchName = "beam:5", n_best: int = 3, seed: int = 0
    ) -> Any: ...
    def solutions(
        self, problem: Any, search: SearchName = "beam:5", n_best: int = 3, seed: int = 0
    ) -> Any:
        """The `n_best` best different answers to a problem, a list of `Solution`, the best first.

        The search says what is best: the task's cost where it has one, else probability. A search
        that ends with fewer different answers gives fewer: greedy one, a beam at most its width.
        """
        check_count("n_best", n_best)

        def work(run: Run) -> list[list[Solution]]:
            size = self._runner.batch_size
            decoded = decode_n_best(*run.decoded, n_best, size, run.generator)
            return solutions_of(run.task, run.instances, decoded)

        return self._runner.each(self._runner.opened(problem), search, seed, work)

    def log_probability(self, problem: Any, answer: Any) -> Any:
        """The logarithm of the probability, in nats, that the model gives to an answer; a float.

        answer: as `solve` gives it; for several problems a list, and so is the result. It stands
        for the sequence of choices that the task makes of it as a solution, END included: a closed
        tour from position 0 on, a text as if the search had not cut it off. Raises InputError for
        an answer that the task's constraint does not allow.
        """
        problems = self._runner.opened(problem)
        answers = [answer] if problems.single else _several_answers(answer, problems)
        solved = with_answers(self._runner.task_of(problems), problems.instances, answers)

        def work(run: Run) -> list[float]:
            size = self._runner.batch_size
            scores = log_probabilities(run.model, run.task, run.instances, size)
            if np.isneginf(scores).any():
                raise InputError(
                    f"the constraint of {run.task.name} does not allow an answer that was given"
                )
            return list(map(float, scores))

        return self._runner.each(problems._replace(instances=solved), None, 0, work)

    def attention(self, problem: Any, search: SearchName | None = None, seed: int = 0) -> Any:
        """Where the model looks and points while it answers: an `AttentionMap`, arrays with names.

        Raises InputError for an ensemble, and for a model that neither looks nor points.
        """

        def work(run: Run) -> list[AttentionMap]:
            return [attention_map(run, index) for index in range(len(run.instances))]

        return self._runner.each(self._runner.opened(problem), search, seed, work)

    def plot(
        self, problem: Any, answer: Any, reference: Any = None, ax: Axes | None = None
    ) -> Axes:
        """Draws an answer to one problem, over the reference where given, and returns the axes."""
        from ptrnet_suite.reporting.answers import plot_answer

        problems = self._one(problem)
        task = self._runner.task_of(problems)
        return plot_answer(task, problems.instances, 0, answer, reference, ax)

    def plot_attention(
        self,
        problem: Any,
        search: SearchName | None = None,
        seed: int = 0,
        ax: Axes | None = None,
    ) -> Axes:
        """Draws how one problem is answered: the order of choices over points, else a heat map.

        Raises InputError as `attention`.
        """
        from ptrnet_suite.reporting.decoding import plot_attention

        problems, (choices, trace) = self._traced(problem, search, seed)
        task = self._runner.task_of(problems)
        return plot_attention(task, problems.instances, 0, choices, trace, ax)

    def animate(
        self,
        problem: Any,
        path: Path | str,
        speed: float = 2,
        search: SearchName | None = None,
        seed: int = 0,
    ) -> Path:
        """Writes the same as a GIF, `speed` choices a second; raises InputError for other files."""
        from ptrnet_suite.reporting.decoding import animate

        problems, (choices, trace) = self._traced(problem, search, seed)
        task = self._runner.task_of(problems)
        return animate(task, problems.instances, 0, choices, trace, path, speed)

    def _one(self, problem: Any) -> Problems:
        """The one problem; raises InputError for several."""
        problems = self._runner.opened(problem)
        count = len(problems.instances)
        if count > 1:
            raise InputError(f"{count} problems cannot share a picture; give one of them")
        return problems._replace(single=True)

    def _traced(
        self, problem: Any, search: SearchName | None, seed: int
    ) -> tuple[Problems, TracedAnswer]:
        problems = self._one(problem)
        answer: TracedAnswer = self._runner.each(
            problems, search, seed, lambda run: [traced(run, 0)]
        )
        return problems, answer


def load(
    name: Named,
    checkpoint: Named | None = None,
    search: SearchName = "greedy",
    *,
    device: str = "auto",
    precision: str = "float32",
    batch_size: int | None = None,
) -> Solver:
    """A solver for a task (`load("tsp")`), or for a checkpoint by name, file or run folder.

    Several checkpoints joined by + answer together. With `checkpoint`, `name` is its task; without
    one, the shipped checkpoint that suits each problem's size solves it.
    search: a name such as `beam:8` or `multistart/greedy`, or a search object. device: `cpu`,
    `cuda`, `cuda:N`, `mps`, or `auto` for the fastest. precision: of matrix products, `float32` or
    `bfloat16`. batch_size: problems decoded together; by default what suits the memory.
    Raises InputError where one of them is not known.
    """
    return Solver(
        name, checkpoint, search, device=device, precision=precision, batch_size=batch_size
    )


def _several_answers(answers: Any, problems: Problems) -> list[Any]:
    if isinstance(answers, str) or not isinstance(answers, Iterable):
        raise InputError(f"{named(answers)} is no list of answers; accepted is one to each problem")
    listed, count = list(answers), len(problems.instances)
    if len(listed) != count:
        raise InputError(f"{len(listed)} answers to {count} problems; accepted is one to each")
    return listed
