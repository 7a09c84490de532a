"""Who answers instances: models with a search, or a classical solver; this file needs no torch."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.registry import unknown
from ptrnet_suite.task.answer import ScoredAnswer
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import MetricValues
from ptrnet_suite.task.reference import Reference

TOGETHER = 64
"""Instances that a solver is given at once, so that progress can be told."""


@final
class AnswererFacts(NamedTuple):
    """Who answered, for results.

    search: how the models decoded, None of a solver. checkpoints: name, sha256 and parameters of
    each, and with several the `count` of instances that it answered. solver: a solver's name.
    """

    search: str | None
    checkpoints: Sequence[Mapping[str, Any]]
    solver: str | None
    device: str
    threads: int

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON: `checkpoint` where there is one, `checkpoints` of several."""
        single = self.checkpoints[0] if len(self.checkpoints) == 1 else None
        several = {"checkpoints": list(self.checkpoints)} if len(self.checkpoints) > 1 else {}
        return {
            "search": self.search,
            "checkpoint": single,
            **several,
            "solver": self.solver,
            "device": self.device,
            "threads": self.threads,
        }


class Answerer(ABC):
    """Gives answers to instances of its task, without a look at their solutions."""

    def __init__(self, task: Task) -> None:
        self.task = task

    @property
    @abstractmethod
    def facts(self) -> AnswererFacts:
        """Who it is."""

    @property
    def label(self) -> str:
        """Who it is in a few words."""
        facts = self.facts
        if facts.solver is not None:
            return facts.solver
        names = " and ".join(str(checkpoint["name"]) for checkpoint in facts.checkpoints)
        return f"{names}, {facts.search}"

    @abstractmethod
    def hypotheses(
        self,
        instances: Instances,
        n_best: int = 1,
        progress: Callable[[int], None] | None = None,
        chosen: np.ndarray | None = None,
    ) -> list[list[ScoredAnswer]]:
        """Up to `n_best` different answers to each instance, the best first, at least one.

        `progress` is called with how many instances were added. chosen: one of the `stretches`,
        whose instances alone are answered, each as among all. Raises InputError for instances that
        it cannot answer.
        """

    def stretches(self, instances: Instances, most: int) -> Iterator[np.ndarray]:
        """All instances in parts of about `most` that can be answered one after the other.

        Rising indices, each in one of the parts.
        """
        together = TOGETHER * max(1, most // TOGETHER)
        for first in range(0, len(instances), together):
            yield np.arange(first, min(first + together, len(instances)))

    def warm_up(self, instances: Instances) -> bool:
        """Does what costs time once alone; returns whether there was such a thing."""
        return False

    def own_scores(self, instances: Instances) -> Mapping[str, MetricValues]:
        """Metrics of solved instances that need more than answers, such as perplexity."""
        return {}


@final
@dataclass(frozen=True)
class Answered:
    """Answers to instances, those of each the best first, and the seconds that they took.

    warmed_up: whether a batch was answered before the clock started. dropped: how many instances
    have answers that were scored and not kept.
    """

    hypotheses: Sequence[Sequence[ScoredAnswer]]
    seconds: float
    warmed_up: bool = False
    dropped: int = 0

    @property
    def count(self) -> int:
        """Number of instances that were answered."""
        return len(self.hypotheses) + self.dropped

    @property
    def best(self) -> list[Any]:
        """The best answer to each instance."""
        return [several[0].answer for several in self.hypotheses]


def answer(
    answerer: Answerer,
    instances: Instances,
    n_best: int = 1,
    warm_up: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Answered:
    """The answers to instances, timed; raises InputError for what cannot be answered."""
    warmed_up = warm_up and answerer.warm_up(instances)
    started = time.perf_counter()
    hypotheses = answerer.hypotheses(instances, n_best, progress)
    return Answered(hypotheses, time.perf_counter() - started, warmed_up)


@final
class SolverAnswerer(Answerer):
    """A classical solver of a task; one answer to each instance."""

    def __init__(self, task: Task, solver: Reference) -> None:
        super().__init__(task)
        self.solver = solver

    @property
    def facts(self) -> AnswererFacts:
        return AnswererFacts(None, (), self.solver.name, "cpu", 1)

    def hypotheses(
        self,
        instances: Instances,
        n_best: int = 1,
        progress: Callable[[int], None] | None = None,
        chosen: np.ndarray | None = None,
    ) -> list[list[ScoredAnswer]]:
        self.check(instances)
        unsolved = replace(instances, solutions=None)
        indices = np.arange(len(instances)) if chosen is None else chosen
        solved: list[list[ScoredAnswer]] = []
        for first in range(0, len(indices), TOGETHER):
            part = unsolved.subset(indices[first : first + TOGETHER])
            solved += [[ScoredAnswer(one)] for one in self.solver.solve(part)]
            if progress is not None:
                progress(len(part))
        return solved

    def check(self, instances: Instances) -> None:
        """Raises InputError for an instance that is larger than the solver takes."""
        largest, sizes = self.solver.largest, instances.sizes()
        if largest is None or not (sizes > largest).any():
            return
        index = int((sizes > largest).argmax())
        others = [
            name
            for name, other in self.task.references().items()
            if other.available() and (other.largest is None or other.largest >= sizes.max())
        ]
        accepted = f"; accepted for it: {', '.join(others)}" if others else ""
        raise InputError(
            f"{instances.title(index)} has size {sizes[index]}, and the solver "
            f"{self.solver.name} takes at most {largest}{accepted}"
        )


def find_solver(task: Task, name: str) -> Reference:
    """A task's solver by name; raises InputError for one that is unknown or not installed."""
    known = task.references()
    if name not in known:
        raise InputError(unknown(f"{task.name} solver", name, list(known)))
    if not known[name].available():
        installed = [other.name for other in known.values() if other.available()]
        raise InputError(
            f"the {task.name} solver {name!r} needs what is not installed; "
            f"{known[name].installed_by or known[name].description}; "
            f"installed are {', '.join(installed) or 'none'}"
        )
    return known[name]
