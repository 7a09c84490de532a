"""Exposure: how much worse a model chooses after its own choices than after the known ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.report import Measured, checkpoint_facts, estimate_from_json
from ptrnet_suite.evaluation.statistics import Estimate, binomial_interval, estimate
from ptrnet_suite.studies.diagnosis.step_accuracy import StepAccuracy, step_accuracy
from ptrnet_suite.task.metric import MetricValues

if TYPE_CHECKING:
    from ptrnet_suite.model.checkpoint import Checkpoint

FEWEST = 50
"""Instances that a step must have to be shown, or a tenth of all where that is less."""


class StepFigures(NamedTuple):
    """Figures at one step, counted from 1, over the instances that have it."""

    step: int
    instances: int
    known_prefix: Estimate
    own_prefix: Estimate
    own_in_place: Estimate
    drift: Estimate

    def to_json(self) -> dict[str, Any]:
        """The same, each estimate as value, low and high."""
        told = self._asdict().items()
        return {
            name: Measured(value).to_json() if isinstance(value, Estimate) else value
            for name, value in told
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> StepFigures:
        """The step that `to_json` wrote."""
        parts = (told[name] for name in cls._fields)
        return cls._make(
            estimate_from_json(part) if isinstance(part, Mapping) else part for part in parts
        )


FIGURES = {
    "known_prefix": "right choices after the known ones (teacher forcing)",
    "own_prefix": "right choices after its own: they begin a completion with the fewest edits",
    "drift": "known_prefix minus own_prefix, in points, over the same choices",
    "own_in_place": "known choices at their very place, after its own; missing ones are wrong",
    "drift_in_place": "right choices after the known ones minus own_in_place, in points",
    "no_error_before": "right choices where all of its own before were right",
    "after_error": "right choices after its own where one of these was wrong",
    "after_error_known_prefix": "right choices after the known ones at just those choices",
    "edit_rate": "edits from the nearest accepted answer, over the choices of the known one",
    "without_error": "answers in which every choice is right",
}
"""What `ExposureBias.figures` holds."""


@dataclass(frozen=True)
class ExposureBias:
    """How one checkpoint does under the two prefixes; `label` tells it from others."""

    label: str
    checkpoint: Checkpoint
    accuracy: StepAccuracy
    seed: int = 0

    def figures(self) -> dict[str, Estimate]:
        """Figures over all choices, as `FIGURES` tells, with their 95 % intervals.

        Choices of one instance hang together, so instances are resampled. Choices after an error
        are those of harder instances, too: what the error itself costs is `after_error` beside
        `after_error_known_prefix`, at the same choices, not beside `no_error_before`.
        """
        told = self.accuracy
        made, erred = told.made, told.erred
        after, wrong = made & erred, told.counted & ~told.in_place
        return {
            "known_prefix": self._share(told.known, made),
            "own_prefix": self._share(told.continued, made),
            "drift": self._difference(told.known, told.continued, made),
            "own_in_place": self._share(told.in_place, told.counted),
            "drift_in_place": self._difference(told.known, told.in_place, told.counted),
            "no_error_before": self._share(told.continued, made & ~erred),
            "after_error": self._share(told.continued, after),
            "after_error_known_prefix": self._share(told.known, after),
            "edit_rate": estimate(
                MetricValues(told.edits, told.length), share=True, seed=self.seed
            ),
            "without_error": estimate(MetricValues(~wrong.any(1)), share=True),
        }

    def steps(self) -> list[StepFigures]:
        """The figures at each step that enough instances have; see `FEWEST`."""
        made = self.accuracy.made
        least = min(FEWEST, -(-len(made) // 10))
        numbers = np.flatnonzero(made.sum(0) >= least)
        return [self._step(int(number)) for number in numbers]

    def _step(self, number: int) -> StepFigures:
        told, here = self.accuracy, np.s_[:, number : number + 1]
        made = told.made[here]
        return StepFigures(
            number + 1,
            int(made.sum()),
            self._share(told.known[here], made),
            self._share(told.continued[here], made),
            self._share(told.in_place[here], told.counted[here]),
            self._difference(told.known[here], told.continued[here], made),
        )

    def _share(self, right: np.ndarray, which: np.ndarray) -> Estimate:
        """Of the choices `which (count, time)` those that are `right`."""
        has = which.any(1)
        values, weights = (right & which).sum(1)[has], which.sum(1)[has]
        return estimate(MetricValues(values, weights), share=True, seed=self.seed)

    def _difference(self, one: np.ndarray, other: np.ndarray, which: np.ndarray) -> Estimate:
        """Share of `one` minus share of `other` among the choices `which (count, time)`."""
        has = which.any(1)
        values = (one & which).sum(1)[has] - (other & which).sum(1)[has]
        if has.any() and not values.any():
            # Where no instance differs, resampling would claim certainty.
            most = binomial_interval(0, int(has.sum()))[1]
            return Estimate(0.0, -most, most)
        return estimate(MetricValues(values, which.sum(1)[has]), seed=self.seed)

    def to_json(self) -> dict[str, Any]:
        """All figures as plain JSON."""
        return {
            "label": self.label,
            "checkpoint": checkpoint_facts(self.checkpoint),
            "metrics": {name: Measured(found).to_json() for name, found in self.figures().items()},
            "steps": [step.to_json() for step in self.steps()],
        }


def diagnose_exposure(
    checkpoint: Checkpoint,
    label: str,
    instances: Instances,
    batch_size: int | None = None,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> ExposureBias:
    """Follows the instances' solutions under both prefixes; see `step_accuracy` for what is right.

    Instances without solutions are labelled by the task's best reference. Raises InputError where
    there is none.
    """
    task = checkpoint.task
    known = instances if instances.solutions is not None else task.label(instances)
    accuracy = step_accuracy(checkpoint.model, task, known, batch_size, progress)
    return ExposureBias(label, checkpoint, accuracy, seed)
