"""Search errors and model errors: answers of searches held against the model's argmax."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import Decoded, decode_instances
from ptrnet_suite.evaluation.report import Measured, measure
from ptrnet_suite.evaluation.statistics import estimate
from ptrnet_suite.runtime.device import seeded
from ptrnet_suite.search.exhaustive import Exhaustive
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.studies.diagnosis.correctness import best_value, deciding_metric, right_answers
from ptrnet_suite.studies.diagnosis.model_errors import EQUAL, missed_answers
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import Metric, MetricValues

if TYPE_CHECKING:
    from ptrnet_suite.model.checkpoint import Checkpoint

OUTCOMES = {
    "right_argmax": "right, the model's argmax",
    "right_not_argmax": "right, though not the argmax",
    "search_error": "wrong, but the argmax is right",
    "model_error": "wrong, and so is the argmax",
    "unproved": "argmax not proved",
}
"""Outcomes of an instance, of which each has exactly one. `right_not_argmax` is a search error that
pays; `model_error` is one that no better search for the argmax would mend."""


@final
@dataclass(frozen=True)
class SearchResult:
    """A search's answers to every instance.

    right: `(count,)`. missed: `(count,)`, where a more probable answer is known that means
    something else: a search error, whether or not the argmax is proved.
    """

    search: str
    seconds: float
    scores: Mapping[str, MetricValues]
    right: np.ndarray
    missed: np.ndarray


@final
@dataclass(frozen=True)
class SearchDiagnosis:
    """Some searches beside the exhaustive one, `best`, which proved the argmax where `proved`.

    `metric` is what decides whether an answer is right; `by_cost` is whether searches went by the
    task's cost.
    """

    task: Task
    metric: Metric
    budget: int
    by_cost: bool
    proved: np.ndarray
    best: SearchResult
    searches: Sequence[SearchResult]

    def outcomes(self, result: SearchResult) -> dict[str, np.ndarray]:
        """Outcome -> whether each instance has it, `(count,)`; names as in `OUTCOMES`."""
        proved, right, missed = self.proved, result.right, result.missed
        best_right = self.best.right
        return {
            "right_argmax": proved & right & ~missed,
            "right_not_argmax": proved & right & missed,
            # An answer as probable as the argmax is one, too, whichever of the two is right.
            "search_error": proved & ~right & missed & best_right,
            "model_error": proved & ~right & ~(missed & best_right),
            "unproved": ~proved,
        }

    def shares(self, result: SearchResult) -> dict[str, Measured]:
        """Shares of the outcomes, of right answers, and of search errors, with their intervals.

        `right` and the outcomes are shares of all instances, `missed_argmax` is one of those whose
        argmax is proved. These may be the easier ones: of all instances at least
        `missed_at_least` and at most `missed_at_most` have a more probable answer.
        """
        share = {name: _share(chosen) for name, chosen in self.outcomes(result).items()}
        return {
            **share,
            "right": _share(result.right),
            "missed_argmax": _share(result.missed[self.proved]),
            "missed_at_least": _share(result.missed),
            "missed_at_most": _share(result.missed | ~self.proved),
        }

    def to_json(self) -> dict[str, Any]:
        """All figures as plain JSON."""
        return {
            "task": self.task.name,
            "count": len(self.proved),
            "right": {"metric": self.metric.name, "value": best_value(self.metric)},
            "nats_called_equal": EQUAL,
            "by_cost": self.by_cost,
            "exhaustive": {
                "budget": self.budget,
                "seconds": self.best.seconds,
                "proved": _share(self.proved).to_json(),
                "right_where_proved": _share(self.best.right[self.proved]).to_json(),
                "metrics": self._metrics(self.best),
            },
            "searches": {result.search: self._search_json(result) for result in self.searches},
        }

    def _search_json(self, result: SearchResult) -> dict[str, Any]:
        counts = {name: int(chosen.sum()) for name, chosen in self.outcomes(result).items()}
        return {
            "seconds": result.seconds,
            "counts": counts,
            "shares": {name: share.to_json() for name, share in self.shares(result).items()},
            "metrics": self._metrics(result),
        }

    def _metrics(self, result: SearchResult) -> dict[str, Any]:
        metrics = measure(self.task, result.scores)
        return {name: measured.to_json() for name, measured in metrics.items()}


def _share(chosen: np.ndarray) -> Measured:
    return Measured(estimate(MetricValues(chosen.astype(float)), share=True))


@final
class _TimedAnswers(NamedTuple):
    decoded: list[Decoded]
    seconds: float


def diagnose_searches(
    checkpoint: Checkpoint,
    instances: Instances,
    searches: Sequence[str],
    budget: int | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    by_cost: bool = True,
    progress: Callable[[int], None] | None = None,
) -> SearchDiagnosis:
    """Holds the answers of `searches` against the most probable ones that there are.

    Stahlberg and Byrne 2019 ("On NMT search errors and model errors: cat got your tongue?") do so
    for beams. Of the answers that it followed a search returns the one that the task's cost
    prefers, where there is one, which may well be less probable and better; without `by_cost` it
    returns the most probable one. `progress` takes the instances done, over all searches. Raises
    InputError for an unknown search, and where right answers are not known.
    """
    exhaustive = Exhaustive() if budget is None else Exhaustive(budget)
    searches_by_name = {name: parse_search(name) for name in searches}
    model, task = checkpoint.model, checkpoint.task
    metric, instances = deciding_metric(task), task.referenced(instances)
    timed_answers = []
    for search in (exhaustive, *searches_by_name.values()):
        generator, started = seeded(seed, next(model.parameters()).device), time.perf_counter()
        answers = decode_instances(
            model, task, instances, search, batch_size, generator, progress, by_cost
        )
        timed_answers.append(_TimedAnswers(answers, time.perf_counter() - started))
    choices = [[decoded.choices for decoded in timed.decoded] for timed in timed_answers]
    missed = missed_answers(model, task, instances, choices, batch_size)
    names = ("exhaustive", *searches_by_name)
    best, *results = [
        _search_result(task, instances, metric, name, timed, missed_by_search)
        for name, timed, missed_by_search in zip(names, timed_answers, missed, strict=True)
    ]
    proved = np.array([decoded.proved for decoded in timed_answers[0].decoded])
    return SearchDiagnosis(task, metric, exhaustive.budget, by_cost, proved, best, results)


def _search_result(
    task: Task,
    instances: Instances,
    metric: Metric,
    name: str,
    timed: _TimedAnswers,
    missed: np.ndarray,
) -> SearchResult:
    answers = task.answers(instances, [decoded.choices for decoded in timed.decoded])
    scores = task.evaluate(instances, answers)
    if metric.name not in scores:
        raise InputError(f"{instances.source} has no solutions, so nothing tells what is right")
    right = right_answers(metric, scores[metric.name])
    return SearchResult(name, timed.seconds, scores, right, missed)
