"""Texts beside their references."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.presenter import Presenter
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.text.metrics import nearest
from ptrnet_tasks.text.readings import readings_of
from ptrnet_tasks.text.subwords import SPACE
from ptrnet_tasks.text.vocabularies import Sides

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
class TextPresenter(Presenter):
    """Token by token, against the reference that takes the fewest edits."""

    def __init__(self, spec: Spec, sides: Sides) -> None:
        super().__init__(spec)
        self.sides = sides

    def describe(self, instances: Instances, index: int, answer: str) -> str:
        """`WORD -> PH ON ES`, and the nearest reference where the answer is none of them."""
        text = f"{instances.inputs[index]} -> {answer}"
        if instances.solutions is None or not instances.solutions[index]:
            return text
        edits, reference = self._nearest(answer, instances.solutions[index])
        joiner = self.sides.target.joiner
        return text if edits == 0 else f"{text} (reference: {joiner.join(reference)})"

    def positions_and_steps(
        self, instances: Instances, index: int, choices: Sequence[int] | np.ndarray
    ) -> tuple[list[str], list[str]]:
        """Tokens of the source and of the answer, END included; InputError for what is not read."""
        source = self.sides.source.tokenise(readings_of(instances)[index])
        if not source:
            raise InputError(
                f"{instances.title(index)} is blank or cannot be read; accepted is one that is read"
            )
        words = self.sides.target.tokens
        beyond = len(words)
        steps = [words[c] if c < beyond else source[c - beyond] for c in choices]
        return in_pictures(source), in_pictures(steps)

    def plot(
        self, instances: Instances, index: int, answer: str, reference: Any, ax: Axes | None
    ) -> Axes:
        """Source, answer and the nearest reference, token under token, with edits marked."""
        from ptrnet_tasks.text.alignment_plot import draw

        tokens = None
        if reference is not None:
            references = [reference] if isinstance(reference, str) else reference
            tokens = self._nearest(answer, references)[1]
        source = self.sides.source.tokenise(readings_of(instances)[index])
        return draw(source, self.sides.target.units(answer), tokens, ax)

    def _nearest(self, answer: str, references: Sequence[str]) -> tuple[int, Sequence[str]]:
        """Fewest edits to a reference, and its units."""
        units = self.sides.target.units
        return nearest(units(answer), [units(text) for text in references])


def in_pictures(tokens: Sequence[str]) -> list[str]:
    """Tokens as people read them: a subword that goes on a word has a dot before it."""
    if not any(token.startswith(SPACE) for token in tokens):
        return list(tokens)
    shown = []
    for token in tokens:
        goes_on = token[:1].isalnum()
        shown.append(f"·{token}" if goes_on else token.removeprefix(SPACE) or token)
    return shown
