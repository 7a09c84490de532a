"""Result files of `ptrnet evaluate`, `solve` and `bench`, read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, final

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.length_buckets import Bucket
from ptrnet_suite.evaluation.report import Measured
from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.runtime.config_fields import Violation, label, number, numbers
from ptrnet_suite.runtime.parse_config import parse_config, parse_value
from ptrnet_suite.task.metric import Metric
from ptrnet_suite.task.registry import TASKS, load_task

MethodKind = Literal["model", "solver", "published"]

LARGEST = 1e15
"""Figures, sizes and seconds are no further from 0, so that they can be drawn."""


@final
@dataclass(frozen=True)
class RecordedResult:
    """Metrics of one method on some instances.

    title: heading of such results; data: which instances; method: of a model its checkpoint or
    several, and `search` how they decoded, else the solver; size: items in an instance, seconds:
    for one instance, both None where they are not known.
    """

    source: str
    task: str
    title: str
    data: str
    method: str
    search: str
    kind: MethodKind
    size: float | None
    seconds: float | None
    metrics: Mapping[str, Measured]
    buckets: Sequence[Bucket] = field(default=())

    def metric(self, name: str | None) -> Metric:
        """The metric of that name, else the file's first, which decides in this task.

        One that the task has with other options alone counts as a plain number.
        """
        wanted = name or next(iter(self.metrics), "")
        known = {metric.name: metric for metric in load_task(self.task).metrics}
        return known.get(wanted, Metric(wanted, "", True, "number"))


@final
@dataclass(frozen=True)
class WrittenFigure:
    """A figure with its interval, as `Measured.to_json` writes it; None is what is not known."""

    value: float | None = number(low=-LARGEST, high=LARGEST)
    low: float | None = number(low=-LARGEST, high=LARGEST)
    high: float | None = number(low=-LARGEST, high=LARGEST)
    reference: str | None = label(None)
    note: str | None = None
    """what went wrong, where a metric failed"""

    def measured(self) -> Measured:
        """The figure with what it is held against."""
        bounds = (self.value, self.low, self.high)
        known = (float("nan") if bound is None else bound for bound in bounds)
        return Measured(Estimate(*known), self.reference)


@final
@dataclass(frozen=True)
class _WrittenBucket:
    """What `Bucket.to_json` writes."""

    metrics: dict[str, WrittenFigure]
    low: int = number(low=0)
    high: int | None = number(low=0)
    count: int = number(low=0)
    mean_length: float = number(low=0, high=LARGEST)


@final
@dataclass(frozen=True)
class WrittenData:
    """The part of a report's data that is shown."""

    path: str | None = label()


@final
@dataclass(frozen=True)
class WrittenCheckpoint:
    """The part of a report's checkpoint that is shown."""

    name: str = label()


@final
@dataclass(frozen=True)
class _WrittenEvaluation:
    """What `EvaluationReport.to_json` and `ptrnet evaluate` write, as far as it is drawn."""

    data: WrittenData
    metrics: dict[str, WrittenFigure]
    task: str = label()
    count: int = number(low=1)
    seconds: float = number(low=0, high=LARGEST)
    checkpoint: WrittenCheckpoint | None = None
    checkpoints: list[WrittenCheckpoint] = field(default_factory=list)
    solver: str | None = label(None)
    search: str | None = label(None)
    sizes: list[int] | None = numbers([], low=0, form="[smallest, largest]", least=2, most=2)
    by_length: list[_WrittenBucket] = field(default_factory=list)

    def violations(self) -> Iterator[Violation]:
        """No answerer, or a model without its search."""
        if self.solver is None and not self.models:
            yield Violation("checkpoint", "accepted with solver null is a checkpoint")
        if self.solver is None and self.search is None:
            yield Violation("search", "accepted with solver null is a search's name")

    @property
    def models(self) -> str:
        """The checkpoints' names; empty of a solver."""
        several = self.checkpoints if self.checkpoint is None else [self.checkpoint]
        return " and ".join(checkpoint.name for checkpoint in several)


@final
@dataclass(frozen=True)
class _WrittenRow:
    """A row of what `ptrnet bench` writes."""

    kind: MethodKind
    metrics: dict[str, WrittenFigure]
    method: str = label()
    table: str = label()
    instances: str = label()
    size: float | None = number(low=0, high=LARGEST)
    seconds: float | None = number(low=0, high=LARGEST)
    count: int = number(low=0)


@final
@dataclass(frozen=True)
class _WrittenBench:
    """The rows of what `ptrnet bench` writes, by the title of their section."""

    rows: dict[str, list[_WrittenRow]]


def results_of(content: Mapping[str, Any], source: str) -> list[RecordedResult]:
    """The results in a file's content; none where it holds something else.

    Raises InputError where it is no whole result; what it holds beside is left alone.
    """
    if isinstance(content.get("metrics"), Mapping) and "search" in content:
        compared = parse_value(
            list[dict[str, Any]], content.get("compared", []), source, "compared"
        )
        return [_evaluation_result(each, source) for each in (content, *compared)]
    if isinstance(content.get("rows"), Mapping):
        rows = parse_config(_WrittenBench, {"rows": content["rows"]}, source, open=True).rows
        return [
            _bench_result(row, title, source)
            for title, title_rows in rows.items()
            for row in title_rows
        ]
    return []


def _evaluation_result(content: Mapping[str, Any], source: str) -> RecordedResult:
    written = parse_config(_WrittenEvaluation, content, source, open=True)
    return RecordedResult(
        source=source,
        task=_known_task(written.task, source),
        title=written.task.replace("_", " "),
        data=f"{written.count:,} of {Path(written.data.path or 'unnamed data').name}",
        method=written.models if written.solver is None else written.solver,
        search=written.search or "",
        kind="model" if written.solver is None else "solver",
        size=sum(written.sizes) / 2 if written.sizes else None,
        seconds=written.seconds / written.count,
        metrics=_known_metrics(written.metrics),
        buckets=[
            Bucket(each.low, each.high, each.count, each.mean_length, _known_metrics(each.metrics))
            for each in written.by_length
        ],
    )


def _bench_result(row: _WrittenRow, title: str, source: str) -> RecordedResult:
    """A row of `ptrnet bench`; its section's title begins with the task's name."""
    name, _, search = row.method.partition(", ")
    model = row.kind == "model"
    return RecordedResult(
        source=source,
        task=_known_task(title.partition(":")[0].replace(" ", "_"), source),
        title=f"{title}, {row.table}",
        data=row.instances,
        method=name if model else row.method,
        search=search if model else "",
        kind=row.kind,
        size=row.size,
        seconds=row.seconds / max(1, row.count) if row.seconds else None,
        metrics=_known_metrics(row.metrics),
    )


def _known_task(name: str, source: str) -> str:
    """The task's name; raises InputError for one that is not installed here."""
    try:
        TASKS.check(name)
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    return name


def _known_metrics(metrics: Mapping[str, WrittenFigure]) -> dict[str, Measured]:
    """Every metric that has a value and no failure."""
    return {
        name: figure.measured()
        for name, figure in metrics.items()
        if figure.value is not None and figure.note is None
    }
