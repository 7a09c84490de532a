"""Pictures with the text that is read in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.presenter import AttentionTrace, Presenter, in_words
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.image_text.formats import as_bytes
from ptrnet_tasks.image_text.problems import ImageProblem
from ptrnet_tasks.text.metrics import nearest

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
class PicturePresenter(Presenter):
    """The text, against the accepted one that takes the fewest edits."""

    def __init__(self, spec: Spec, problem: ImageProblem) -> None:
        super().__init__(spec)
        self.problem = problem

    def describe(self, instances: Instances, index: int, answer: str) -> str:
        """The answer, and the nearest accepted text where it is none of them."""
        text = in_words(answer)
        if instances.solutions is None:
            return text
        known = self._nearest(answer, instances.solutions[index])
        return text if answer == known else f"{text} (reference: {known})"

    def plot(
        self, instances: Instances, index: int, answer: str, reference: Any, ax: Axes | None
    ) -> Axes:
        """The picture under the answer; under a wrong answer the nearest accepted text."""
        from ptrnet_suite.reporting.answers import draw_image

        known = [reference] if isinstance(reference, str) else reference
        text = None if known is None else self._nearest(answer, known)
        return draw_image(_image(instances, index), in_words(answer), text, ax)

    def plot_attention(
        self,
        instances: Instances,
        index: int,
        choices: Sequence[int] | np.ndarray,
        trace: AttentionTrace,
        ax: Axes | None = None,
    ) -> Axes:
        """The picture once for each token of the answer, under the attention that it got."""
        from ptrnet_tasks.image_text.picture import draw_image_attention

        tokens = [self.problem.vocabulary.tokens[int(choice)] for choice in choices]
        return draw_image_attention(_image(instances, index), trace.weights.mean(0), tokens, ax)

    def plot_step(
        self,
        instances: Instances,
        index: int,
        choices: Sequence[int] | np.ndarray,
        trace: AttentionTrace,
        step: int,
        ax: Axes | None = None,
    ) -> Axes:
        """The picture under the attention of one step, and the text written up to it."""
        from ptrnet_tasks.image_text.picture import draw_look

        tokens = [self.problem.vocabulary.tokens[int(choice)] for choice in choices[: step + 1]]
        weights = trace.weights.mean(0)[step]
        return draw_look(_image(instances, index), weights, " ".join(tokens), ax)

    def _nearest(self, answer: str, known: Sequence[str]) -> str:
        problem = self.problem
        _, tokens = nearest(problem.tokens(answer), list(map(problem.tokens, known)))
        return problem.closed_up(problem.vocabulary.join(tokens))


def _image(instances: Instances, index: int) -> np.ndarray:
    return as_bytes(np.asarray(instances.inputs[index]))
