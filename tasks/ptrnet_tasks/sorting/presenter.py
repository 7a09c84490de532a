"""Orders of numbers in words and as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.presenter import Presenter
from ptrnet_tasks.sorting.scores import score_orders

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
class NumberPresenter(Presenter):
    """The numbers themselves, in the order chosen."""

    def describe(self, instances: Instances, index: int, answer: Any) -> str:
        instance = instances.subset([index])
        values = np.asarray(instance.inputs[0]).reshape(-1)[answer]
        exact = score_orders(instance, [answer])["exact"].values[0]
        return (
            f"{' '.join(told_apart(values))} by position from 0:"
            f" {' '.join(map(str, answer))}; {'sorted' if exact else 'not sorted'}"
        )

    def positions_and_steps(
        self, instances: Instances, index: int, choices: Sequence[int] | np.ndarray
    ) -> tuple[list[str], list[str]]:
        """The values, in the input's order and in the order chosen."""
        values = told_apart(np.asarray(instances.inputs[index]).reshape(-1), 3)
        return values, [values[int(choice)] for choice in choices]

    def plot(
        self, instances: Instances, index: int, answer: Any, reference: Any, ax: Axes | None
    ) -> Axes:
        """The values as bars in the answer's order; hatched where a sorted one differs."""
        from ptrnet_suite.reporting.answers import draw_bars

        values = np.asarray(instances.inputs[index])
        return draw_bars(values, np.asarray(answer), np.sort(values, 0), ax, "sorted")


def told_apart(values: np.ndarray, digits: int = 6) -> list[str]:
    """Numbers with so many digits, or as many more as keep different ones different."""
    different = len(np.unique(values))
    written = []
    for shown in range(digits, 18):
        written = [f"{value:.{shown}g}" for value in values.tolist()]
        if len(set(map(float, written))) == different:
            break
    return written
