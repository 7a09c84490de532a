"""Hulls in words and over their points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances, solutions_of
from ptrnet_suite.task.presenter import Presenter
from ptrnet_tasks.convex_hull.scores import score_hulls

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
class HullPresenter(Presenter):
    """Corners, and how they compare with the true hull's."""

    def describe(self, instances: Instances, index: int, answer: Any) -> str:
        instance = instances.subset([index])
        scores = score_hulls(instance, [answer])
        sequence = " ".join(map(str, answer))
        if not scores["simple"].values[0]:
            verdict = "its edges cross or touch, so it is no polygon"
        elif scores["exact"].values[0]:
            verdict = "it is the true hull"
        else:
            verdict = f"its area is {scores['area_ratio'].values[0]:.2%} of the true hull's"
        return (
            f"hull with {len(answer)} of {len(instance.inputs[0])} points as corners,"
            f" counter-clockwise by position from 0: {sequence}; {verdict}"
        )

    def plot(
        self, instances: Instances, index: int, answer: Any, reference: Any, ax: Axes | None
    ) -> Axes:
        """The answer with numbered corners over the true hull, where that is known."""
        from ptrnet_suite.reporting.answers import draw_in_plane

        true = solutions_of(instances)[index] if reference is None else reference
        if true is not None:
            true = np.asarray(true)[np.asarray(true) >= 0]
        points = np.asarray(instances.inputs[index])
        names = ("answer", "true hull")
        return draw_in_plane(points, np.asarray(answer), true, ax, numbered=True, names=names)
