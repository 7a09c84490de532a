"""Names beside points can be read."""

from __future__ import annotations

from matplotlib.text import Annotation

from ptrnet_suite.reporting.charts import gap_against_time
from tests.reporting.methods import METHODS


def test_names_of_methods_lie_on_nothing() -> None:
    ax = gap_against_time(METHODS)
    ax.figure.draw_without_rendering()
    labels = [text for text in ax.texts if isinstance(text, Annotation)]
    assert [label.get_text() for label in labels] == [method.name for method in METHODS]
    boxes = [label.get_window_extent() for label in labels]
    frame = ax.get_window_extent()
    points = ax.transData.transform([(1000 * m.seconds, 100 * m.estimate.value) for m in METHODS])
    for place, box in enumerate(boxes):
        assert box.count_overlaps(boxes[place + 1 :]) == 0
        assert box.count_contains(points) == 0
        assert frame.x0 <= box.x0 < box.x1 <= frame.x1
