"""Names beside the points of a chart, where they hide neither points nor each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from ptrnet_suite.reporting.style import INK, figure_of

OFFSETS = [
    (right * distance, up * distance)
    for distance in (8, 15, 24, 36, 50, 70)
    for right, up in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
]
"""Offsets of a label from its point, in points, the best first."""

LEADER_DISTANCE = 20
"""Offset from which a thin line leads to the label."""


@final
class LabelledPoint(NamedTuple):
    """A point with its error bar, in the data's coordinates, and its name."""

    name: str
    x: float
    y: float
    low: float
    high: float


def label_points(ax: Axes, points: Sequence[LabelledPoint]) -> None:
    """Writes each name at the first offset from its point where nothing else is."""
    # Constrained layout moves the axes when drawn, and labels are placed in pixels.
    figure_of(ax).draw_without_rendering()
    frame, to_pixels = ax.get_window_extent(), ax.transData.transform
    occupied = [_box(to_pixels((point.x, point.y)), to_pixels((point.x, point.y)), 8)
                for point in points]  # fmt: skip
    occupied += [_box(to_pixels((point.x, point.low)), to_pixels((point.x, point.high)), 4)
                 for point in points]  # fmt: skip
    for name, x, y, _, _ in points:
        label = ax.annotate(name, (x, y), OFFSETS[0], textcoords="offset points", fontsize=9)
        clashes = {offset: _count_clashes(label, offset, occupied, frame) for offset in OFFSETS}
        chosen = min(OFFSETS, key=clashes.__getitem__)
        _move_label(label, chosen)
        occupied.append(label.get_window_extent())
        if max(map(abs, chosen)) > LEADER_DISTANCE:
            ends = to_pixels((x, y)), _nearest_point(occupied[-1], to_pixels((x, y)))
            leader = ax.transData.inverted().transform(ends)
            ax.plot(*leader.T, color=INK, linewidth=0.6, zorder=1, scalex=False, scaley=False)


def _box(first: np.ndarray, last: np.ndarray, margin: float) -> Bbox:
    """The box around two points with a margin, in pixels."""
    low, high = np.minimum(first, last) - margin, np.maximum(first, last) + margin
    return Bbox([low, high])


def _nearest_point(box: Bbox, point: np.ndarray) -> np.ndarray:
    """The point of the box that is nearest to `point`."""
    return np.clip(point, box.min, box.max)


def _move_label(label: Annotation, offset: tuple[float, float]) -> None:
    label.set_position(offset)
    label.set_horizontalalignment(("center", "left", "right")[int(np.sign(offset[0]))])
    label.set_verticalalignment(("center", "bottom", "top")[int(np.sign(offset[1]))])


def _count_clashes(
    label: Annotation, offset: tuple[float, float], occupied: Sequence[Bbox], frame: Bbox
) -> int:
    """Number of boxes that a label at `offset` overlaps; leaving the axes counts for two."""
    _move_label(label, offset)
    box = label.get_window_extent()
    outside = box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1
    return box.count_overlaps(occupied) + 2 * outside
