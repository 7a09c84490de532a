"""Points that have no hull, and points in one place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.convex_hull.degenerate import first_in_place, named_by_place
from ptrnet_tasks.convex_hull.task import ConvexHullTask

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

TASK = ConvexHullTask()
SQUARE = np.array([[0.0, 0.0], [1.0, 0.1], [0.9, 1.0], [0.1, 0.9], [0.5, 0.5]])
LINE = np.linspace(0, 1, 5)[:, None] * [0.3, 0.7]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (SQUARE[:2], "has 2 points; at least 3"),
        (LINE, "all 5 points lie on one line; a hull needs an area"),
        (np.zeros((4, 2)), "all 4 points coincide"),
        (np.where(np.eye(5, 2), np.nan, SQUARE), "NaN"),
        (np.ones((5, 3)), "3 columns"),
    ],
)
def test_points_without_a_hull_are_refused(points: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TASK.formats.check(Instances([points], source="data.txt"))
    with pytest.raises(InputError, match=r"^data.txt, instance 2"):
        TASK.formats.check(Instances([SQUARE, points, LINE], source="data.txt"))


def test_duplicates_within_the_hull_and_points_on_its_edges_are_fine() -> None:
    inner = np.vstack([SQUARE, SQUARE[4], [0.5, 0.05]])
    TASK.formats.check(Instances([inner]))
    assert TASK.label(Instances([inner])).solutions[0].tolist() == [0, 1, 2, 3]


def test_of_points_in_one_place_at_a_corner_the_first_is_the_corner() -> None:
    doubled = np.vstack([SQUARE, SQUARE[2], SQUARE[0]])
    TASK.formats.check(Instances([doubled]))
    assert TASK.label(Instances([doubled])).solutions[0].tolist() == [0, 1, 2, 3]
    # A model points at positions from 1, and may take either or both of the two.
    for choices in ([1, 2, 3, 4], [7, 2, 6, 4], [2, 6, 3, 4, 7], [1, 2, 3, 4, 7]):
        answers = TASK.answers(Instances([doubled]), [np.array(choices)])
        assert answers[0].tolist() == [0, 1, 2, 3], choices


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=8),
    st.integers(0, 2**32),
)
def test_the_first_in_a_place_is_found_and_names_the_same_curve(places: list, seed: int) -> None:
    points, rng = np.array(places, float), np.random.default_rng(seed)
    first = first_in_place(points[None])[0]
    assert first.tolist() == [places.index(place) for place in places]
    curve = rng.permutation(len(places))[: rng.integers(1, len(places) + 1)]
    named = named_by_place(points[None], curve[None])[0]
    named = named[named >= 0]
    assert (first[named] == named).all()
    walked = [places[position] for position in curve]
    kept = [place for at, place in enumerate(walked) if place != walked[at - 1]]
    assert [places[position] for position in named] == (kept or walked[:1])


def test_decimals_on_a_line_count_as_a_line_although_rounding_moved_them() -> None:
    decimals = np.array([[0.1, 0.3], [0.2, 0.6], [0.3, 0.9], [0.7, 2.1]])
    assert len(TASK.label(Instances([decimals])).solutions[0]) > 2
    for shift in (0, 1000.1):
        with pytest.raises(InputError, match="lie on one line"):
            TASK.formats.check(Instances([decimals + shift]))
    TASK.formats.check(Instances([decimals * 1e-9 + [[0, 0], [0, 0], [0, 1e-12], [0, 0]]]))
