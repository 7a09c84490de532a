"""Answers x instances -> a report of their figures of merit; needs torch for models alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, final

import numpy as np

from ptrnet_suite.data.concatenation import merged
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.answerer import Answered, Answerer, answer
from ptrnet_suite.evaluation.joined import joined
from ptrnet_suite.evaluation.report import EvaluationReport, RunSettings, data_facts, report_of

if TYPE_CHECKING:
    from ptrnet_suite.model.checkpoint import Checkpoint
    from ptrnet_suite.task.base import Task
    from ptrnet_suite.task.metric import MetricValues


def evaluate(
    checkpoint: Checkpoint,
    instances: Instances,
    search_text: str = "greedy",
    batch_size: int | None = None,
    seed: int = 0,
    data_path: Path | None = None,
    command: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> EvaluationReport:
    """Decodes, scores and times; raises InputError for an unknown search.

    Answers are held against what the instances come with, else against the task's own labels.
    """
    from ptrnet_suite.evaluation.model_answerer import ModelAnswerer, only

    settings = RunSettings(seed, data_facts(checkpoint.task, data_path), command)
    answerer = ModelAnswerer(only(checkpoint, instances), search_text, batch_size, seed)
    return assess(answerer, instances, settings, progress)


def assess(
    answerer: Answerer,
    instances: Instances,
    settings: RunSettings,
    progress: Callable[[int], None] | None = None,
) -> EvaluationReport:
    """The same for whoever answers; raises InputError where nothing can be told of answers."""
    answered = answer(answerer, instances, warm_up=True, progress=progress)
    return score(answerer, [with_reference(answerer.task, instances)], answered, settings)


@final
class Known(NamedTuple):
    """Instances with what answers are scored against, or as they are where there is none.

    missing: why there is none; None where there is. notes: on the reference, such as which of the
    instances have one.
    """

    instances: Instances
    missing: InputError | None = None
    notes: tuple[str, ...] = ()


def with_reference(task: Task, instances: Instances) -> Known:
    """The instances with what answers are scored against, where the task knows such a thing."""
    try:
        known = task.referenced(instances)
        return Known(
            known, notes=tuple(note for note in known.notes if note not in instances.notes)
        )
    except InputError as error:
        return Known(instances, error)


def score(
    answerer: Answerer,
    parts: Sequence[Known],
    answered: Answered,
    settings: RunSettings,
    own: bool = True,
) -> EvaluationReport:
    """The report of answers to all parts of the instances, one after the other.

    Metrics without the reference that they need are left out. own: whether metrics that need the
    answerer itself are computed too, such as perplexity, and whether there must be some metric:
    where there is none, the InputError that says what is missing is raised.
    """
    task, answers = answerer.task, answered.best
    ends = np.cumsum([len(part.instances) for part in parts])
    indices = np.split(np.arange(len(answers)), ends[:-1])
    scored = [
        task.evaluate(part.instances, [answers[index] for index in own_indices])
        for part, own_indices in zip(parts, indices, strict=True)
    ]
    names = dict.fromkeys(name for scores in scored for name in scores)
    values = {
        name: joined(
            [(each, scores.get(name)) for each, scores in zip(indices, scored, strict=True)]
        )
        for name in names
    }
    missing = next((part.missing for part in parts if part.missing is not None), None)
    solved = merged([part.instances for part in parts]) if own and missing is None else None
    return report_of_values(answerer, answered, values, settings, missing, solved, own)


def report_of_values(
    answerer: Answerer,
    answered: Answered,
    values: Mapping[str, MetricValues],
    settings: RunSettings,
    missing: InputError | None,
    solved: Instances | None,
    own: bool = True,
) -> EvaluationReport:
    """The report of what the answers are worth, with the metrics that need the answerer itself.

    missing: why some instances have no reference. solved: the instances with their solutions, for
    the answerer's own metrics; None leaves these out. own: whether there must be some metric.
    """
    own_values = {} if solved is None else answerer.own_scores(solved)
    if own and missing is not None and not values:
        raise missing
    known = {**values, **own_values}
    unknown = [metric.name for metric in answerer.task.metrics if metric.name not in known]
    return report_of(answerer, answered, known, settings, () if missing is None else unknown)
