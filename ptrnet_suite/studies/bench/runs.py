"""Runs of a benchmark: each method on each case's instances, timed and scored."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances, suitable_batch_size
from ptrnet_suite.evaluation.length_buckets import Bucket, by_length
from ptrnet_suite.evaluation.report import Measured, measure
from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.runtime.device import seeded
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_suite.task.metric import MetricValues

Solve = Callable[[Instances], Sequence[Any] | np.ndarray]
Tick = Callable[[float], None]

STRETCH = 0.5
"""Seconds between looks at the clock."""

WARM_UP = 16
"""Instances answered before the clock starts."""


@final
@dataclass(frozen=True)
class Method:
    """A way to answer: a checkpoint with a search, or a classical solver.

    most: instances it is given at most; together: instances it takes at once. restart: puts its
    random numbers back to their beginning. series: the line of a chart by size that it is of.
    """

    name: str
    kind: Literal["model", "solver"]
    solve: Solve
    most: int
    together: int
    restart: Callable[[], object] = lambda: None
    series: str = ""


@final
@dataclass(frozen=True)
class Row:
    """What one method reached on one case; `seconds` and `count` are 0 for published figures."""

    case: BenchCase
    method: str
    kind: Literal["model", "solver", "published"]
    metrics: Mapping[str, Measured]
    count: int = 0
    seconds: float = 0.0
    answers: Sequence[Any] = ()
    scores: Mapping[str, MetricValues] | None = None
    buckets: Sequence[Bucket] = ()
    series: str = ""

    @property
    def seconds_each(self) -> float | None:
        """Seconds for an instance, None for a published figure."""
        return self.seconds / self.count if self.count else None


@final
class Clock:
    """Shares what is left of a benchmark's time between the runs that are left.

    A run may take several times its share, since most take less; only on a slow machine is one
    cut short, and its row then tells how many instances it had.
    """

    PATIENCE = 5

    def __init__(self, seconds: float, runs: int) -> None:
        self.ends, self.runs = time.process_time() + seconds, runs

    def next_limit(self) -> float:
        """Seconds of processor time that the next run may take."""
        left = max(0.0, self.ends - time.process_time())
        share = left / max(1, self.runs)
        self.runs -= 1
        return max(STRETCH, self.PATIENCE * share)


def case_instances(task: Task, case: BenchCase) -> Instances:
    """The case's instances with what answers are scored against."""
    if case.instances is not None:
        return task.referenced(case.instances())
    return task.label(task.generate(case.size, case.count, case.seed, case.distribution))


def methods_of(
    task: Task,
    case: BenchCase,
    shipped: Checkpoint | None = None,
    given: Sequence[Checkpoint] = (),
) -> Iterator[Method]:
    """The case's searches with each checkpoint, then those of its solvers that can be run.

    They can where they are installed and take the case's size.
    """
    if shipped is not None:
        yield from _decoding(case, shipped, "ours")
    for checkpoint in given:
        yield from _decoding(case, checkpoint, checkpoint.name)
    known = task.references()
    for name, most in case.references.items():
        reference = known[name]
        fits = reference.largest is None or case.size <= reference.largest
        if fits and reference.available():
            yield Method(name, "solver", reference.solve, min(most, case.count), 1)


def _decoding(case: BenchCase, checkpoint: Checkpoint, series: str) -> Iterator[Method]:
    """The case's searches with one checkpoint."""
    for text in case.searches:
        search = parse_search(text)
        generator = seeded(case.seed, next(checkpoint.model.parameters()).device)
        yield Method(
            f"{checkpoint.name}, {text}",
            "model",
            partial(
                solve_instances,
                checkpoint.model,
                checkpoint.task,
                search=search,
                generator=generator,
            ),
            case.count,
            suitable_batch_size(case.size, search.hypotheses_at(case.size)),
            partial(generator.manual_seed, case.seed),
            f"{series}, {text}",
        )


def run_method(
    task: Task, case: BenchCase, instances: Instances, method: Method, limit: float, tick: Tick
) -> Row:
    """Answers, times and scores; one warm-up before the clock starts is not counted.

    limit: seconds of processor time after which no further instances are begun; other work on the
    machine cuts nothing short. tick: called with the share that each stretch was of all instances.
    Equal numbers of instances give equal answers, since a model's batches, and with them what it
    samples, do not depend on the clock.
    """
    count = min(method.most, len(instances))
    warm = min(WARM_UP, method.together, count)
    each = _timed(method, instances.subset(range(warm)), []).processor / warm
    answers: list[Any] = []
    seconds, spent, stretch = 0.0, 0.0, method.together
    if (room := int(limit / max(each, 1e-9))) < min(stretch, count):
        # Not even one whole batch is in time: one smaller batch is all there is.
        count = stretch = max(1, room)
    method.restart()
    while len(answers) < count and spent < limit:
        part = instances.subset(range(len(answers), min(count, len(answers) + stretch)))
        took = _timed(method, part, answers)
        seconds, spent = seconds + took.wall, spent + took.processor
        tick(len(part) / count)
        if method.kind == "solver":
            # Solvers take one instance after the other, however many they are given.
            stretch = min(4 * stretch, max(1, int(stretch * STRETCH / max(took.wall, 1e-9))))
    tick(1 - len(answers) / count)
    answered = instances.subset(range(len(answers)))
    scores = task.evaluate(answered, answers)
    buckets = by_length(task, task.lengths(answered), scores, case.lengths) if case.lengths else ()
    return Row(
        case=case,
        method=method.name,
        kind=method.kind,
        metrics=measure(task, scores),
        count=len(answers),
        seconds=seconds,
        answers=answers,
        scores=scores,
        buckets=buckets,
        series=method.series,
    )


@final
class _Seconds(NamedTuple):
    """How long something took, by the clock on the wall and on all processors together."""

    wall: float
    processor: float


def _timed(method: Method, instances: Instances, answers: list[Any]) -> _Seconds:
    """Extends `answers`; returns how long that took."""
    began, spent = time.perf_counter(), time.process_time()
    answers.extend(method.solve(instances))
    return _Seconds(time.perf_counter() - began, time.process_time() - spent)


def published_rows(case: BenchCase) -> list[Row]:
    """The published figures of a case as rows of their own; they come without intervals."""
    return [
        Row(
            case=case,
            method=source,
            kind="published",
            metrics={
                name: Measured(Estimate(value, np.nan, np.nan)) for name, value in figures.items()
            },
        )
        for source, figures in case.published.items()
    ]
