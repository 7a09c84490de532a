"""Result files of `ptrnet evaluate`, `solve` and `bench`, read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, final

from ptrnet_suite.evaluation.length_buckets import Bucket
from ptrnet_suite.evaluation.report import Measured, estimate_from_json
from ptrnet_suite.task.metric import Metric
from ptrnet_suite.task.registry import load_task

MethodKind = Literal["model", "solver", "published"]


@final
@dataclass(frozen=True)
class RecordedResult:
    """Metrics of one method on some instances.

    title: heading of such results; data: which instances; method: of a model its checkpoint,
    and `search` how it decoded; size: items in an instance, seconds: for one instance, both None
    where they are not known.
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


def results_of(content: Mapping[str, Any], source: str) -> list[RecordedResult]:
    """The results in a file's content; none where it holds something else."""
    if isinstance(content.get("metrics"), Mapping) and "search" in content:
        return [_evaluation_result(content, source)]
    if isinstance(content.get("rows"), Mapping):
        return [
            _bench_result(row, title, source)
            for title, rows in content["rows"].items()
            for row in rows
        ]
    return []


def _evaluation_result(content: Mapping[str, Any], source: str) -> RecordedResult:
    """The result in the content of `EvaluationReport.to_json` and `ptrnet evaluate`."""
    path, sizes = content["data"]["path"], content.get("sizes")
    return RecordedResult(
        source=source,
        task=content["task"],
        title=content["task"].replace("_", " "),
        data=f"{content['count']:,} of {Path(path or 'unnamed data').name}",
        method=content["checkpoint"]["name"],
        search=content["search"],
        kind="model",
        size=None if sizes is None else sum(sizes) / 2,
        seconds=content["seconds"] / content["count"],
        metrics=_known_metrics(content["metrics"]),
        buckets=[_bucket(entry) for entry in content.get("by_length", [])],
    )


def _bench_result(row: Mapping[str, Any], title: str, source: str) -> RecordedResult:
    """A row of `ptrnet bench`; its section's title begins with the task's name."""
    name, _, search = row["method"].partition(", ")
    model = row["kind"] == "model"
    return RecordedResult(
        source=source,
        task=title.partition(":")[0].replace(" ", "_"),
        title=f"{title}, {row['table']}",
        data=row["instances"],
        method=name if model else row["method"],
        search=search if model else "",
        kind=row["kind"],
        size=row["size"],
        seconds=row["seconds"] / row["count"] if row["seconds"] else None,
        metrics=_known_metrics(row["metrics"]),
    )


def _known_metrics(metrics: Mapping[str, Any]) -> dict[str, Measured]:
    """Every metric that has a value and no failure."""
    return {
        name: Measured(estimate_from_json(entry), entry.get("reference"))
        for name, entry in metrics.items()
        if entry["value"] is not None and "note" not in entry
    }


def _bucket(content: Mapping[str, Any]) -> Bucket:
    return Bucket(
        content["low"],
        content["high"],
        content["count"],
        content["mean_length"],
        _known_metrics(content["metrics"]),
    )
