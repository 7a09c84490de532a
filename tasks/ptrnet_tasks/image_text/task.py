"""Pictures to text: handwritten digits in a row to their number, scattered ones to a caption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np
import torch

from ptrnet_suite.data.batch import Batch, pad, to_batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_suite.task.constraints import Constraint, UntilEnd
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.image_text.bench import BASELINE, plan
from ptrnet_tasks.image_text.digits import PARTS, are_available, digits_of
from ptrnet_tasks.image_text.files import as_bytes, of_images, read_images, write_images
from ptrnet_tasks.image_text.problems import PROBLEMS
from ptrnet_tasks.image_text.rendering import distorted
from ptrnet_tasks.text.metrics import MEASURES, compare, nearest
from ptrnet_tasks.text.problems import check_choice

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ptrnet_suite.task.presenter import AttentionTrace

DISTORTED, MIXED = "distorted", "mixed"


@final
class ImageText(Task):
    """Images `(height, width)`, 255 being full ink, to texts.

    problem: `digits`, a row of handwritten digits to their number, or `captions`, up to nine of
    them anywhere to how many there are of each kind. Raises InputError for another one.

    The distributions are the parts that the digit images are split into, see `digits.PARTS`;
    `distorted` is `train` with every digit turned, slanted, stretched, moved and inked at random,
    `mixed` the same with 1 to `size` digits in a picture: batch norm then sees in every batch what
    it will see in use. Solutions are lists of accepted texts, as in the task text.
    """

    name: ClassVar[str] = "image_text"
    summary: ClassVar[str] = "pictures of handwritten digits to their number or to a caption"
    distributions: ClassVar[tuple[str, ...]] = (*PARTS, DISTORTED, MIXED)
    example: ClassVar[str] = "a picture of 7 2 7 7  ->  7277, or: one two, three sevens"

    def __init__(self, problem: str = "digits") -> None:
        check_choice("problem", problem, PROBLEMS)
        self.problem, self._told = problem, PROBLEMS[problem]

    # The problem decides what is measured, so the class cannot know it.
    @property
    def metrics(self) -> tuple[Metric, ...]:  # type: ignore[override]
        """The problem's metrics; the first decides which checkpoint is best."""
        return tuple(MEASURES[name].metric for name in self._told.metrics)

    @property
    def spec(self) -> Spec:
        words = len(self._told.vocabulary)
        return Spec("images", self._told.height, "vocabulary", words, ends=True)

    def options(self) -> dict[str, Any]:
        return {"problem": self.problem}

    def constraint(self) -> Constraint:
        return UntilEnd(self._told.longest)

    def generate(self, size: int, count: int, seed: int, distribution: str = "train") -> Instances:
        """`count` pictures of `size` digits of one part, with what they show as solutions.

        Raises InputError for another distribution, for more digits than there is room for, and
        where scikit-learn, which brings the digits, is not installed.
        """
        check_choice("distribution", distribution, self.distributions)
        if not 1 <= size <= self._told.most or count < 1:
            raise InputError(
                f"size {size} and count {count}: accepted are 1 to {self._told.most} digits in a "
                "picture, and one picture or more"
            )
        rng = np.random.default_rng(seed)
        of_training = distribution in (DISTORTED, MIXED)
        digits = digits_of("train" if of_training else distribution)
        chosen = rng.integers(len(digits.labels), size=(count, size))
        glyphs, shown = digits.images[chosen], np.full(count, size)
        if of_training:
            glyphs = distorted(glyphs, rng)
        if distribution == MIXED:
            shown = rng.integers(1, size + 1, count)
            glyphs = glyphs * (np.arange(size) < shown[:, None])[:, :, None, None]
        labels = zip(digits.labels[chosen], shown, strict=True)
        texts = [self._told.write(row[:most]) for row, most in labels]
        return of_images(self._told.draw(glyphs, shown, rng), texts)

    def label(self, instances: Instances) -> Instances:
        """The instances as they are; raises InputError where nobody said what they show."""
        if instances.solutions is None:
            raise InputError(f"{instances.source} has no texts; accepted is .npz with 'texts'")
        return instances

    def prepare(self, instances: Instances) -> Instances:
        """The instances, checked, with their widths in the column `sizes`."""
        self.check(instances)
        known = instances.solutions
        texts = None if known is None else [accepted[0] for accepted in known]
        return of_images(list(instances.inputs), texts, instances.source)

    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        """Columns of pixels from 0 to 1; targets are the first accepted texts.

        `rng` changes nothing: what is random about pictures is in `generate`.
        """
        columns, mask = pad([as_bytes(np.asarray(image)).T for image in instances.inputs])
        targets = None
        if instances.solutions is not None:
            texts = [self._told.spaced(known[0]) for known in instances.solutions]
            targets = self._told.vocabulary.encode(texts)
        batch = to_batch(columns.astype(np.float32) / 255, targets)
        return batch._replace(input_mask=torch.from_numpy(mask))

    def answers(self, instances: Instances, choices: Sequence[np.ndarray]) -> list[str]:
        return [self._told.closed_up(self._told.vocabulary.decode(row)) for row in choices]

    def evaluate(self, instances: Instances, answers: Sequence[str]) -> Mapping[str, MetricValues]:
        """Scores against the nearest accepted text of each image; none where none is known."""
        if instances.solutions is None:
            return {}
        compared = compare(
            [self._tokens(answer) for answer in answers],
            [[self._tokens(text) for text in known] for known in instances.solutions],
            self._told.vocabulary.join(("", "")),
        )
        measures = [MEASURES[name] for name in self._told.metrics]
        return {measure.metric.name: measure.score(compared) for measure in measures}

    def references(self) -> Mapping[str, Reference]:
        from ptrnet_tasks.image_text.baseline import segment_and_classify

        told = "digits cut out at blank columns, each told by a support vector machine"
        solve = partial(segment_and_classify, problem=self._told)
        return {BASELINE: Reference(BASELINE, told, solve, available=are_available)}

    def read(self, path: Path) -> Instances:
        """Reads `.npz` or one `.png` or `.jpg`; raises InputError."""
        return read_images(path, self._told.height)

    def write(self, instances: Instances, path: Path) -> None:
        write_images(instances, path)

    def check(self, instances: Instances) -> None:
        """Raises InputError for no image, one of another height, and a text it cannot write."""
        if not len(instances):
            raise InputError(f"{instances.source} holds no image; accepted is one or more")
        height = self._told.height
        for number, image in enumerate(instances.inputs, 1):
            shape = np.shape(image)
            if len(shape) != 2 or shape[0] != height or not shape[1]:
                raise InputError(
                    f"image {number} of {instances.source} has the shape {shape}; accepted for "
                    f"{self.problem} is ({height}, width)"
                )
        known = instances.solutions
        texts = [] if known is None else [text for accepted in known for text in accepted]
        self._told.vocabulary.check(map(self._told.spaced, texts))

    def describe(self, instances: Instances, index: int, answer: str) -> str:
        """The answer, and the nearest accepted text where it is none of them."""
        told = answer or "(nothing)"
        if instances.solutions is None:
            return told
        known = self._nearest(answer, instances.solutions[index])
        return told if answer == known else f"{told} (reference: {known})"

    def plot(
        self,
        instances: Instances,
        index: int,
        answer: str,
        reference: str | Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """The picture under the answer; under a wrong answer the nearest accepted text."""
        from ptrnet_tasks.image_text.picture import draw_reading

        known = [reference] if isinstance(reference, str) else reference
        text = None if known is None else self._nearest(answer, known)
        return draw_reading(np.asarray(instances.inputs[index]), answer, text, ax)

    def plot_attention(
        self,
        instances: Instances,
        index: int,
        choices: Sequence[int] | np.ndarray,
        looks: AttentionTrace,
        ax: Axes | None = None,
    ) -> Axes:
        """The picture once for each token of the answer, under the attention that it got."""
        from ptrnet_tasks.image_text.picture import draw_looks

        tokens = [self._told.vocabulary.tokens[int(choice)] for choice in choices]
        image = np.asarray(instances.inputs[index])
        return draw_looks(image, looks.weights.mean(0), tokens, ax)

    def plot_step(
        self,
        instances: Instances,
        index: int,
        choices: Sequence[int] | np.ndarray,
        looks: AttentionTrace,
        step: int,
        ax: Axes | None = None,
    ) -> Axes:
        """The picture under the attention of one step, and what was written up to it."""
        from ptrnet_tasks.image_text.picture import draw_look

        tokens = [self._told.vocabulary.tokens[int(choice)] for choice in choices[: step + 1]]
        image = np.asarray(instances.inputs[index])
        return draw_look(image, looks.weights.mean(0)[step], " ".join(tokens), ax)

    def bench_plan(self) -> list[BenchCase]:
        return plan(self.problem)

    def _tokens(self, text: str) -> list[str]:
        return self._told.vocabulary.tokenise(self._told.spaced(text))

    def _nearest(self, answer: str, known: Sequence[str]) -> str:
        _, tokens = nearest(self._tokens(answer), list(map(self._tokens, known)))
        return self._told.closed_up(self._told.vocabulary.join(tokens))
