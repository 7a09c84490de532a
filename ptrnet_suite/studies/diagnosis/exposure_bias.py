"""Exposure bias: the loss of accuracy after a model's own choices instead of the known ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.report import Measured, checkpoint_facts, estimate_from_json
from ptrnet_suite.evaluation.statistics import Estimate, binomial_interval, estimate
from ptrnet_suite.studies.diagnosis.step_accuracy import StepAccuracy, step_accuracy
from ptrnet_suite.task.metric import MetricValues

if TYPE_CHECKING:
    from ptrnet_suite.model.checkpoint import Checkpoint

MIN_INSTANCES = 50
"""Instances that a step must have to be shown, or a tenth of all where that is less."""


@final
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
        fields = self._asdict().items()
        return {
            name: Measured(value).to_json() if isinstance(value, Estimate) else value
            for name, value in fields
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> StepFigures:
        """The figures that `to_json` wrote."""
        parts = (content[name] for name in cls._fields)
        return cls._make(
            estimate_from_json(value) if isinstance(value, Mapping) else value for value in parts
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
"""Names and meanings of `ExposureBias.figures`."""


@final
@dataclass(frozen=True)
class ExposureBias:
    """Accuracy of a checkpoint under the two prefixes; `label` names it among others."""

    label: str
    checkpoint: Checkpoint
    accuracy: StepAccuracy
    seed: int = 0

    def figures(self) -> dict[str, Estimate]:
        """Figures over all choices, as in `FIGURES`, with their 95 % intervals.

        Choices of one instance depend on each other, so instances are resampled. Choices after an
        error are those of harder instances, too: the cost of the error itself is `after_error`
        beside `after_error_known_prefix`, at the same choices, not beside `no_error_before`.
        """
        accuracy = self.accuracy
        own_counted, erred = accuracy.own_counted, accuracy.erred
        after_error, wrong = own_counted & erred, accuracy.counted & ~accuracy.in_place
        return {
            "known_prefix": self._share_of(accuracy.known, own_counted),
            "own_prefix": self._share_of(accuracy.continued, own_counted),
            "drift": self._difference_of(accuracy.known, accuracy.continued, own_counted),
            "own_in_place": self._share_of(accuracy.in_place, accuracy.counted),
            "drift_in_place": self._difference_of(
                accuracy.known, accuracy.in_place, accuracy.counted
            ),
            "no_error_before": self._share_of(accuracy.continued, own_counted & ~erred),
            "after_error": self._share_of(accuracy.continued, after_error),
            "after_error_known_prefix": self._share_of(accuracy.known, after_error),
            "edit_rate": estimate(
                MetricValues(accuracy.edits, accuracy.length), share=True, seed=self.seed
            ),
            "without_error": estimate(MetricValues(~wrong.any(1)), share=True),
        }

    def steps(self) -> list[StepFigures]:
        """The figures at each step that enough instances have; see `MIN_INSTANCES`."""
        own_counted = self.accuracy.own_counted
        fewest = min(MIN_INSTANCES, -(-len(own_counted) // 10))
        numbers = np.flatnonzero(own_counted.sum(0) >= fewest)
        return [self._step_figures(int(number)) for number in numbers]

    def _step_figures(self, index: int) -> StepFigures:
        accuracy, at_step = self.accuracy, np.s_[:, index : index + 1]
        own_counted = accuracy.own_counted[at_step]
        return StepFigures(
            index + 1,
            int(own_counted.sum()),
            self._share_of(accuracy.known[at_step], own_counted),
            self._share_of(accuracy.continued[at_step], own_counted),
            self._share_of(accuracy.in_place[at_step], accuracy.counted[at_step]),
            self._difference_of(accuracy.known[at_step], accuracy.continued[at_step], own_counted),
        )

    def _share_of(self, right: np.ndarray, which: np.ndarray) -> Estimate:
        """Share of the choices `which (count, time)` that are `right`."""
        has = which.any(1)
        values, weights = (right & which).sum(1)[has], which.sum(1)[has]
        return estimate(MetricValues(values, weights), share=True, seed=self.seed)

    def _difference_of(self, first: np.ndarray, second: np.ndarray, which: np.ndarray) -> Estimate:
        """Share of `first` minus share of `second` among the choices `which (count, time)`."""
        has = which.any(1)
        values = (first & which).sum(1)[has] - (second & which).sum(1)[has]
        if has.any() and not values.any():
            # Where no instance differs, resampling would claim certainty.
            bound = binomial_interval(0, int(has.sum()))[1]
            return Estimate(0.0, -bound, bound)
        return estimate(MetricValues(values, which.sum(1)[has]), seed=self.seed)

    def to_json(self) -> dict[str, Any]:
        """All figures as plain JSON."""
        return {
            "label": self.label,
            "checkpoint": checkpoint_facts(self.checkpoint),
            "metrics": {
                name: Measured(figure).to_json() for name, figure in self.figures().items()
            },
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
