"""Pictures to text: handwritten digits in a row to their number, scattered ones to a caption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np

from ptrnet_suite.data.batch import Batch, pad, to_batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import UntilEnd
from ptrnet_suite.task.formats import Formats
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_suite.task.presenter import Presenter
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.image_text.formats import ImageFormats, as_bytes, of_images
from ptrnet_tasks.image_text.presenter import PicturePresenter
from ptrnet_tasks.image_text.problems import PROBLEMS
from ptrnet_tasks.image_text.sampling import DISTRIBUTIONS, sample_pictures
from ptrnet_tasks.image_text.solvers import references
from ptrnet_tasks.text.metrics import MEASURES, compare
from ptrnet_tasks.text.problems import check_choice


@final
class ImageText(Task):
    """Images `(height, width)`, 255 being full ink, to texts.

    problem: `digits`, a row of handwritten digits to their number, or `captions`, up to nine of
    them anywhere to how many there are of each kind. Raises InputError for another one.

    The distributions are the parts that the digit images are split into, see `digits.PARTS`, and
    `distorted` and `mixed`, see `sampling.sample_pictures`: where training draws `mixed`, batch
    norm sees in every batch the sizes that it will see in use. Solutions are lists of accepted
    texts, as in the task text.
    """

    name = "image_text"
    summary = "pictures of handwritten digits to their number or to a caption"
    distributions = DISTRIBUTIONS
    example = "a picture of 7 2 7 7  ->  7277, or: one two, three sevens"

    def __init__(self, problem: str = "digits") -> None:
        check_choice("problem", problem, PROBLEMS)
        self.problem, self._rules = problem, PROBLEMS[problem]

    # The problem decides what is measured, so the class cannot know it.
    @property
    def metrics(self) -> tuple[Metric, ...]:  # type: ignore[override]
        """The problem's metrics; the first decides which checkpoint is best."""
        return tuple(MEASURES[name].metric for name in self._rules.metrics)

    @property
    def spec(self) -> Spec:
        words = len(self._rules.vocabulary)
        return Spec("images", self._rules.height, "vocabulary", words, ends=True)

    @property
    def formats(self) -> Formats:
        return ImageFormats(self.problem, self._rules)

    @property
    def presenter(self) -> Presenter:
        return PicturePresenter(self.spec, self._rules)

    def options(self) -> dict[str, Any]:
        return {"problem": self.problem}

    def constraint(self) -> Constraint:
        return UntilEnd(self._rules.longest)

    def generate(self, size: int, count: int, seed: int, distribution: str = "train") -> Instances:
        """`count` pictures of `size` digits, with the texts that they show as solutions."""
        rng = np.random.default_rng(seed)
        return sample_pictures(self._rules, size, count, rng, distribution)

    def label(self, instances: Instances) -> Instances:
        """The instances as they are; raises InputError where nobody said what they show."""
        if instances.solutions is None:
            raise InputError(f"{instances.source} has no texts; accepted is .npz with 'texts'")
        return instances

    def prepare(self, instances: Instances) -> Instances:
        """The instances, checked, with their widths in the column `sizes`."""
        self.formats.check(instances)
        known = instances.solutions
        texts = None if known is None else [accepted[0] for accepted in known]
        return of_images(list(instances.inputs), texts, instances.source)

    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        """Columns of pixels from 0 to 1; targets are the first accepted texts.

        `rng` changes nothing: all that is random about pictures is in `generate`.
        """
        columns, mask = pad([as_bytes(np.asarray(image)).T for image in instances.inputs])
        targets = None
        if instances.solutions is not None:
            texts = [self._rules.spaced(known[0]) for known in instances.solutions]
            targets = self._rules.vocabulary.encode(texts)
        return to_batch(columns.astype(np.float32) / 255, targets, mask=mask)

    def answers(self, instances: Instances, choices: Sequence[np.ndarray]) -> list[str]:
        return [self._rules.closed_up(self._rules.vocabulary.decode(row)) for row in choices]

    def evaluate(self, instances: Instances, answers: Sequence[str]) -> Mapping[str, MetricValues]:
        """Scores against the nearest accepted text of each image; none where none is known."""
        if instances.solutions is None:
            return {}
        compared = compare(
            [self._rules.tokens(answer) for answer in answers],
            [[self._rules.tokens(text) for text in known] for known in instances.solutions],
            self._rules.vocabulary.join(("", "")),
        )
        measures = [MEASURES[name] for name in self._rules.metrics]
        return {measure.metric.name: measure.score(compared) for measure in measures}

    def references(self) -> Mapping[str, Reference]:
        return references(self._rules)
