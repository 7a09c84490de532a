"""How a task's answers are put into words, and what its pictures are labelled with.

A presenter may also draw: see `DrawsAnswers` and `DrawsSteps` in `ptrnet_suite.reporting`. What it
draws with it imports inside of the method, so that computing needs no matplotlib.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np

from ptrnet_suite.data.batch import END
from ptrnet_suite.data.instances import Instances, accepted_answers
from ptrnet_suite.task.batching import first_choice
from ptrnet_suite.task.spec import Spec


@final
class AttentionTrace(NamedTuple):
    """The last look at the memory before each choice, and where a pointer then points.

    weights: `(heads, steps, positions)`, of a pointer without attention where it points, as one
    head; centres: `(steps,)`, the middles of a local alignment's windows, or None; window:
    positions to either side of a centre. pointed: `(steps, positions)`, how probable each position
    is as the next choice, None unless choices are positions; what is left of 1 is END's.
    """

    weights: np.ndarray
    centres: np.ndarray | None
    window: int | None
    pointed: np.ndarray | None = None


class Presenter(ABC):
    """Words for answers as a spec describes them; a task whose answers mean more overrides some."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def describe(self, instances: Instances, index: int, answer: Any) -> str:
        """One answer in words, for `ptrnet solve`, and the known one where it is another."""
        text = in_words(answer)
        accepted = [in_words(known) for known in accepted_answers(instances, index)]
        return text if not accepted or text in accepted else f"{text} (reference: {accepted[0]})"

    def positions_and_steps(
        self, instances: Instances, index: int, choices: Sequence[int] | np.ndarray
    ) -> tuple[list[str], list[str]]:
        """Names of the positions that are attended to, and of the choices made, for pictures."""
        size = int(instances.subset([index]).sizes()[0])
        ends, first = self.spec.ends, first_choice(self.spec)
        steps = ["END" if ends and choice == END else str(choice - first) for choice in choices]
        return [str(position) for position in range(size)], steps


@final
class PlainPresenter(Presenter):
    """The words of the spec and no others."""


def in_words(answer: Any) -> str:
    """A text as it is, and numbers with blanks between them."""
    if isinstance(answer, str):
        return answer or "(nothing)"
    return " ".join(map(str, np.asarray(answer).tolist())) or "(nothing)"
