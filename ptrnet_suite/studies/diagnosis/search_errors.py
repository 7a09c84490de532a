"""Search errors and model errors: what a search found, held against the model's own argmax."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

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
"""What may become of an instance, each exactly one of them. `right_not_argmax` is a search error
that pays; `model_error` is whatever no better search for the argmax would mend."""


@dataclass(frozen=True)
class SearchResult:
    """What a search found of every instance.

    right: `(count,)`. missed: `(count,)`, where a more probable answer is known that means
    something else: a search error, whether or not the argmax is proved.
    """

    search: str
    seconds: float
    scores: Mapping[str, MetricValues]
    right: np.ndarray
    missed: np.ndarray


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

    def outcomes(self, found: SearchResult) -> dict[str, np.ndarray]:
        """Outcome -> the instances that it became of, `(count,)`; names as in `OUTCOMES`."""
        proved, right, missed = self.proved, found.right, found.missed
        mended = self.best.right
        return {
            "right_argmax": proved & right & ~missed,
            "right_not_argmax": proved & right & missed,
            # An answer as probable as the argmax is one, too, whichever of the two is right.
            "search_error": proved & ~right & missed & mended,
            "model_error": proved & ~right & ~(missed & mended),
            "unproved": ~proved,
        }

    def shares(self, found: SearchResult) -> dict[str, Measured]:
        """Shares of the outcomes, of right answers, and of search errors, with their intervals.

        `right` and the outcomes are shares of all instances, `missed_argmax` is one of those whose
        argmax is proved. These may be the easier ones: of all instances at least
        `missed_at_least` and at most `missed_at_most` have a more probable answer.
        """
        share = {name: _share(which) for name, which in self.outcomes(found).items()}
        return {
            **share,
            "right": _share(found.right),
            "missed_argmax": _share(found.missed[self.proved]),
            "missed_at_least": _share(found.missed),
            "missed_at_most": _share(found.missed | ~self.proved),
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
            "searches": {found.search: self._of(found) for found in self.searches},
        }

    def _of(self, found: SearchResult) -> dict[str, Any]:
        counts = {name: int(which.sum()) for name, which in self.outcomes(found).items()}
        return {
            "seconds": found.seconds,
            "counts": counts,
            "shares": {name: share.to_json() for name, share in self.shares(found).items()},
            "metrics": self._metrics(found),
        }

    def _metrics(self, found: SearchResult) -> dict[str, Any]:
        return {name: one.to_json() for name, one in measure(self.task, found.scores).items()}


def _share(which: np.ndarray) -> Measured:
    return Measured(estimate(MetricValues(which.astype(float)), share=True))


class _Answered(NamedTuple):
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
    returns the most probable one. `progress` is told of every instance of every search. Raises
    InputError for an unknown search, and where nothing tells what is right.
    """
    exhaustive = Exhaustive() if budget is None else Exhaustive(budget)
    named = {name: parse_search(name) for name in searches}
    model, task = checkpoint.model, checkpoint.task
    metric, instances = deciding_metric(task), task.referenced(instances)
    answered = []
    for search in (exhaustive, *named.values()):
        generator, started = seeded(seed, next(model.parameters()).device), time.perf_counter()
        decoded = decode_instances(
            model, task, instances, search, batch_size, generator, progress, by_cost
        )
        answered.append(_Answered(decoded, time.perf_counter() - started))
    choices = [[one.choices for one in each.decoded] for each in answered]
    missed = missed_answers(model, task, instances, choices, batch_size)
    found = [
        _judged(task, instances, metric, name, each, which)
        for name, each, which in zip(("exhaustive", *named), answered, missed, strict=True)
    ]
    proved = np.array([one.proved for one in answered[0].decoded])
    return SearchDiagnosis(task, metric, exhaustive.budget, by_cost, proved, found[0], found[1:])


def _judged(
    task: Task,
    instances: Instances,
    metric: Metric,
    name: str,
    answered: _Answered,
    missed: np.ndarray,
) -> SearchResult:
    answers = task.answers(instances, [one.choices for one in answered.decoded])
    scores = task.evaluate(instances, answers)
    if metric.name not in scores:
        raise InputError(f"{instances.source} has no solutions, so nothing tells what is right")
    right = right_answers(metric, scores[metric.name])
    return SearchResult(name, answered.seconds, scores, right, missed)
