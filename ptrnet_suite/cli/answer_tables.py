"""Answers as a person reads them and as JSON holds them, with their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.evaluation.report import EvaluationReport
    from ptrnet_suite.task.answer import ScoredAnswer
    from ptrnet_suite.task.base import Task
    from ptrnet_suite.task.metric import MetricValues


def answers_table(
    task: Task, parts: Sequence[Instances], reports: Mapping[str, EvaluationReport]
) -> Table:
    """A row for each answer: instance by instance, of each the answerers' best and further ones.

    parts: the instances as their answers are told, file by file, solved where that is known.
    """
    from ptrnet_suite.cli.tables import plain_table

    ranked = any(len(several) > 1 for report in reports.values() for several in
                 report.answered.hypotheses)  # fmt: skip
    columns = ["instance", *(["by"] if len(reports) > 1 else [])]
    columns += ["rank", "log-probability"] if ranked else []
    table = plain_table(*columns, "answer", right=("rank", "log-probability"))
    names, index = names_of(parts), 0
    for part in parts:
        for own in range(len(part)):
            for label, report in reports.items():
                for rank, scored in enumerate(report.answered.hypotheses[index], 1):
                    words = [names[index], *([label] if len(reports) > 1 else [])]
                    words += [str(rank), _shown_log(scored)] if ranked else []
                    table.add_row(*words, task.presenter.describe(part, own, scored.answer))
            index += 1
    return table


def figures_line(task: Task, report: EvaluationReport) -> str:
    """The figures over all answers; empty where there are none."""
    from ptrnet_suite.cli.tables import metric_named, shown

    figures = []
    for name, measured in report.metrics.items():
        value = shown(measured.estimate.value, metric_named(task, name))
        figures.append(f"{name} {'FAIL' if measured.failure else value}")
    against = {measured.reference for measured in report.metrics.values() if measured.reference}
    note = f" (against {', '.join(sorted(against))})" if against else ""
    return f"over {report.count}: {', '.join(figures)}{note}" if figures else ""


def missing_line(report: EvaluationReport) -> str:
    """Which metrics are left out because nothing is known to hold answers against; often none."""
    missing = report.without_reference
    if not missing:
        return ""
    return f"no reference: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} left out"


def answer_rows(instances: Instances, report: EvaluationReport) -> list[dict[str, Any]]:
    """Name, answer and figures of each instance, and its further answers, as plain JSON."""
    figures = {name: _each(score) for name, score in report.scores.items()}
    rows = []
    for index, name in enumerate(names_of([instances])):
        hypotheses = report.answered.hypotheses[index]
        row = {
            "name": name,
            "answer": _plain(hypotheses[0].answer),
            "metrics": {metric: values[index] for metric, values in figures.items()},
        }
        if hypotheses[0].log_probability is not None:
            row["hypotheses"] = [
                {"answer": _plain(each.answer), "log_probability": each.log_probability}
                for each in hypotheses
            ]
        rows.append(row)
    return rows


def names_of(parts: Sequence[Instances]) -> list[str]:
    """The instances' own names, else their numbers from 1 on."""
    names: list[str] = []
    for part in parts:
        first = len(names) + 1
        own = range(first, first + len(part)) if part.names is None else part.names
        names += map(str, own)
    return names


def _shown_log(scored: ScoredAnswer) -> str:
    return "-" if scored.log_probability is None else f"{scored.log_probability:.4f}"


def _each(score: MetricValues) -> list[float | None]:
    """A score's value for each instance alone; None where it does not count."""
    import numpy as np

    values = np.asarray(score.values, float)
    weights = np.ones_like(values) if score.weights is None else np.asarray(score.weights, float)
    pairs = zip(values.tolist(), weights.tolist(), strict=True)
    return [value / weight if weight > 0 else None for value, weight in pairs]


def _plain(answer: Any) -> Any:
    """An answer as plain JSON: a string, or a list of numbers."""
    return answer if isinstance(answer, str) else [int(position) for position in answer]
