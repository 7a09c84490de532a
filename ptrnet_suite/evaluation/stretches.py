"""Any number of instances, answered and scored stretch by stretch in memory that does not grow."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import final

import numpy as np

from ptrnet_suite.data.concatenation import merged
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.answerer import Answered, Answerer
from ptrnet_suite.evaluation.joined import Part, joined
from ptrnet_suite.evaluation.report import EvaluationReport, RunSettings
from ptrnet_suite.evaluation.scoring import Known, report_of_values, with_reference
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import MetricValues

STRETCH = 20_000
"""Instances whose answers are held at once."""


@final
class References:
    """Instances file by file, with what answers are scored against.

    That is made of all of them at once where it takes no memory of its own, or where it is needed
    whole: of few instances, of solved ones, and of texts, whose perplexity is computed at the end.
    Of others it is made anew for the instances that are asked for.

    notes: on what was made, each once. missing: why some instances have none.
    """

    def __init__(self, task: Task, parts: Sequence[Instances], most: int = STRETCH) -> None:
        self.task, self.parts = task, parts
        few = sum(map(len, parts)) <= most or task.spec.outputs == "vocabulary"
        self._whole = {
            number: with_reference(task, part)
            for number, part in enumerate(parts)
            if few or part.solutions is not None
        }
        self.notes: dict[str, None] = {}
        self.missing: InputError | None = None
        for known in self._whole.values():
            self._note(known)

    def of(self, number: int, rows: np.ndarray) -> Known:
        """Some instances of part `number`."""
        known = self._whole.get(number)
        if known is None:
            known = with_reference(self.task, self.parts[number].subset(rows))
            self._note(known)
            return known
        return known._replace(instances=known.instances.subset(rows))

    def solved(self) -> Instances:
        """All parts as one, with their solutions where these are there as a whole."""
        whole = [self._whole.get(number) for number in range(len(self.parts))]
        pairs = zip(whole, self.parts, strict=True)
        return merged([part if known is None else known.instances for known, part in pairs])

    def _note(self, known: Known) -> None:
        self.notes.update(dict.fromkeys(known.notes))
        self.missing = self.missing or known.missing


def evaluate_by_stretches(
    answerer: Answerer,
    instances: Instances,
    references: References,
    settings: RunSettings,
    progress: Callable[[int], None] | None = None,
    most: int = STRETCH,
) -> EvaluationReport:
    """The report of all instances, with the figures that one pass would give, without the answers.

    instances: those of all parts, one after the other. most: how many are answered before these
    answers are scored and dropped. Raises InputError as `scoring.assess`.
    """
    warmed_up, seconds = answerer.warm_up(instances), 0.0
    ends = np.cumsum([len(part) for part in references.parts])
    scored: dict[str, dict[int, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for chosen in answerer.stretches(instances, most):
        started = time.perf_counter()
        hypotheses = answerer.hypotheses(instances, progress=progress, chosen=chosen)
        seconds += time.perf_counter() - started
        owners = np.searchsorted(ends, chosen, side="right")
        for number in np.unique(owners).tolist():
            places = np.flatnonzero(owners == number)
            rows = chosen[places] - (ends[number] - len(references.parts[number]))
            part = references.of(number, rows).instances
            answers = [hypotheses[place][0].answer for place in places]
            for name, values in answerer.task.evaluate(part, answers).items():
                scored[name][number].append((rows, _compact(values)))
    sizes = [len(part) for part in references.parts]
    joined_values = {name: _over_all(parts, sizes) for name, parts in scored.items()}
    answered = Answered((), seconds, warmed_up, len(instances))
    solved = references.solved() if references.missing is None else None
    missing = references.missing
    return report_of_values(answerer, answered, joined_values, settings, missing, solved)


def _over_all(scored: dict[int, list[Part]], sizes: Sequence[int]) -> MetricValues:
    """A metric of all instances; scored: part by part, what its stretches gave.

    sizes: number of instances of each part.
    """
    parts: list[Part] = []
    for number, (size, end) in enumerate(zip(sizes, np.cumsum(sizes), strict=True)):
        stretches = scored.get(number)
        if stretches is None:
            parts.append((np.arange(end - size, end), None))
            continue
        rest = np.setdiff1d(np.arange(size), np.concatenate([rows for rows, _ in stretches]))
        whole = joined([*stretches, *([(rest, None)] if len(rest) else [])])
        parts.append((np.arange(end - size, end), whole))
    return _compact(joined(parts))


def _compact(score: MetricValues) -> MetricValues:
    """The same numbers in as few bytes as hold them exactly."""
    corpus = score.corpus
    return score._replace(
        values=_narrowed(score.values),
        weights=None if score.weights is None else _narrowed(score.weights),
        corpus=None if corpus is None else corpus._replace(counts=_narrowed(corpus.counts)),
    )


def _narrowed(numbers: np.ndarray) -> np.ndarray:
    numbers = np.asarray(numbers)
    for kind in (np.uint8, np.float32):
        with np.errstate(invalid="ignore", over="ignore"):
            narrow = numbers.astype(kind)
        if np.array_equal(narrow, numbers):
            return narrow
    return numbers
