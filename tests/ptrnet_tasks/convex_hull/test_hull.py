"""Hulls against scipy, exact arithmetic and brute force."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.convex_hull.hull import (
    convex_hulls,
    gift_wrapping,
    monotone_chain,
    pad_hulls,
    qhull,
    split_hulls,
    start_at_smallest,
)
from ptrnet_tasks.convex_hull.polygon import signed_area
from scipy.spatial import ConvexHull

from ptrnet_suite.errors import InputError

GRID = st.integers(0, 4).map(float)


def official(hull: np.ndarray) -> list[int]:
    return np.roll(hull, -int(np.argmin(hull))).tolist()


def exact_hull(points: np.ndarray) -> set[tuple[Fraction, Fraction]]:
    """Corners by definition: points that lie in no segment and no triangle of other points."""
    places = {(Fraction(x), Fraction(y)) for x, y in points.tolist()}

    def turn(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    def between(a, b, p):
        inside = min(a[0], b[0]) <= p[0] <= max(a[0], b[0])
        return turn(a, b, p) == 0 and inside and min(a[1], b[1]) <= p[1] <= max(a[1], b[1])

    def in_triangle(a, b, c, p):
        signs = [turn(a, b, p), turn(b, c, p), turn(c, a, p)]
        return turn(a, b, c) != 0 and (min(signs) >= 0 or max(signs) <= 0)

    corners = set()
    for p in places:
        others = places - {p}
        covered = any(between(a, b, p) for a, b in combinations(others, 2))
        if not (covered or any(in_triangle(*abc, p) for abc in combinations(others, 3))):
            corners.add(p)
    return corners


@pytest.mark.parametrize("size", [3, 4, 5, 10, 50, 200])
def test_a_batch_of_hulls_equals_scipys(size: int) -> None:
    points = np.random.default_rng(size).random((200, size, 2))
    ours = split_hulls(convex_hulls(points))
    for hull, instance in zip(ours, points, strict=True):
        assert hull.tolist() == official(ConvexHull(instance).vertices)


def test_every_random_hull_is_certain_without_exact_arithmetic() -> None:
    points = np.random.default_rng(0).random((2000, 20, 2))
    assert gift_wrapping(points)[1].all()


def test_the_monotone_chain_and_qhull_agree_on_random_points() -> None:
    for points in np.random.default_rng(1).normal(size=(100, 30, 2)):
        assert official(monotone_chain(points)) == official(qhull(points))


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(GRID, GRID), min_size=3, max_size=9))
def test_hulls_of_grid_points_are_exact_whatever_coincides_or_lines_up(places: list) -> None:
    points = np.array(places)
    hull = split_hulls(convex_hulls(points[None]))[0]
    corners = points[hull]
    assert {tuple(map(Fraction, corner)) for corner in corners.tolist()} == exact_hull(points)
    assert len(np.unique(corners, axis=0)) == len(hull)
    assert hull[0] == hull.min()
    if len(hull) >= 3:
        assert signed_area(corners[None], np.array([len(hull)]))[0] > 0
        for corner in hull:
            first = np.flatnonzero((points == points[corner]).all(1))[0]
            assert corner == first


@pytest.mark.parametrize("exponent", [-700, -535, -30, 30, 700])
def test_hulls_do_not_depend_on_the_scale_of_coordinates(exponent: int) -> None:
    points = np.random.default_rng(2).random((20, 12, 2))
    assert (convex_hulls(np.ldexp(points, exponent)) == convex_hulls(points)).all()


def test_points_one_rounding_step_off_a_line_are_decided_exactly() -> None:
    step = np.finfo(float).eps
    points = np.array([[0, 0], [1, 1], [0.5, 0.5 + step / 2], [0.5, 0.5], [0.25, 0.25 - step / 8]])
    assert official(monotone_chain(points)) == [0, 4, 1, 2]
    assert split_hulls(convex_hulls(points[None]))[0].tolist() == [0, 4, 1, 2]


def test_qhull_says_in_one_line_that_points_have_no_area() -> None:
    with pytest.raises(InputError, match="lie on a line"):
        qhull(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]))


def test_hulls_pad_and_split_without_change() -> None:
    rows = [np.array([2, 0, 1]), np.array([5, 4, 3, 1]), np.array([], np.int64)]
    padded, lengths = pad_hulls(rows)
    assert padded.tolist() == [[2, 0, 1, -1], [5, 4, 3, 1], [-1, -1, -1, -1]]
    assert lengths.tolist() == [3, 4, 0]
    assert [row.tolist() for row in split_hulls(padded)] == [row.tolist() for row in rows]
    assert start_at_smallest(padded)[:2].tolist() == [[0, 1, 2, -1], [1, 5, 4, 3]]
