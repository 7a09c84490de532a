"""How a pointer works: its probabilities, their pictures, and one choice after another."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection

from ptrnet_suite.reporting.pointer import Pointing, draw_order, draw_pointing
from ptrnet_suite.reporting.style import new_figure

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.4, 0.5]])
HULL = Pointing(
    SQUARE,
    np.array([0, 1, 2, 3, -1]),
    np.array(
        [
            [0.7, 0.1, 0.1, 0.1, 0.0],
            [0.0, 0.9, 0.1, 0.0, 0.0],
            [0.0, 0.0, 0.6, 0.4, 0.0],
            [0.0, 0.0, 0.0, 1.0, 0.0],
            [0.0, 0.0, 0.0, 0.0, 0.2],
        ]
    ),
    True,
)


def test_the_order_is_numbered_and_each_line_has_its_choices_probability() -> None:
    ax = draw_order(HULL)
    (lines,) = (one for one in ax.collections if isinstance(one, LineCollection))
    ends = np.array(lines.get_segments())
    np.testing.assert_allclose(ends[:, 0], SQUARE[[0, 1, 2, 3]])
    np.testing.assert_allclose(ends[:, 1], SQUARE[[1, 2, 3, 0]])
    np.testing.assert_allclose(np.asarray(lines.get_array()), [0.9, 0.6, 1.0, 0.8])
    told = {tuple(label.xy): label.get_text() for label in ax.texts}  # type: ignore[attr-defined]
    expected = ["1\n70 %", "2\n90 %", "3\n60 %", "4"]
    assert told == {tuple(SQUARE[place]): text for place, text in enumerate(expected)}
    assert ax.get_title() == "4 choices, the least sure: 3 (60 %)"
    # What might have been chosen instead, from where the line had come to.
    doubts = np.array([line.get_xydata() for line in ax.lines])
    np.testing.assert_allclose(doubts, SQUARE[[[0, 2], [1, 3], [3, 4]]])


def test_a_step_shows_the_path_so_far_and_discs_as_large_as_probable() -> None:
    ax = draw_pointing(HULL, 2)
    path, chosen = (line.get_xydata() for line in ax.lines)
    np.testing.assert_allclose(path, SQUARE[[0, 1]])
    np.testing.assert_allclose(chosen, SQUARE[[1, 2]])
    discs = [one for one in ax.collections if isinstance(one, PathCollection)]
    sized = next(one for one in discs if len(one.get_sizes()) == 2)
    np.testing.assert_allclose(sized.get_offsets(), SQUARE[[2, 3]])
    sizes = sized.get_sizes()
    assert sizes[0] / sizes[1] == pytest.approx(0.6 / 0.4)
    assert ax.get_title() == "choice 3: point 2, 60 %"


def test_the_end_closes_the_curve() -> None:
    ax = draw_pointing(HULL, 4)
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), SQUARE[[3, 0]])
    assert ax.get_title() == "choice 5: END, 80 %"
    tour = HULL._replace(chosen=HULL.chosen[:4], probabilities=HULL.probabilities[:4])
    ax = draw_pointing(tour, 3)
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), SQUARE[[2, 3, 0]])


def test_drawings_take_axes_and_keep_to_one_frame() -> None:
    _, axes = new_figure(1, 3)
    assert draw_order(HULL, axes[0, 0]) is axes[0, 0]
    limits = [draw_pointing(HULL, step, axes[0, step + 1]).get_xlim() for step in range(2)]
    assert limits[0] == limits[1]
    assert draw_pointing(HULL, 0, axes[0, 1]) is axes[0, 1]
