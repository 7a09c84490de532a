"""Hulls, orientation and simple polygons against scipy, exact arithmetic and brute force."""

from fractions import Fraction
from itertools import combinations, pairwise

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
from ptrnet_tasks.convex_hull.polygon import orientation, signed_area, simple_polygons
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


@pytest.mark.parametrize("exponent", [-700, -535, 30, 700])
def test_orientation_does_not_depend_on_the_scale_of_coordinates(exponent: int) -> None:
    a, b, c = np.random.default_rng(3).random((3, 200, 2))
    scaled = (np.ldexp(points, exponent) for points in (a, b, c))
    assert (orientation(*scaled) == orientation(a, b, c)).all()


def test_points_one_rounding_step_off_a_line_are_decided_exactly() -> None:
    step = np.finfo(float).eps
    points = np.array([[0, 0], [1, 1], [0.5, 0.5 + step / 2], [0.5, 0.5], [0.25, 0.25 - step / 8]])
    assert official(monotone_chain(points)) == [0, 4, 1, 2]
    assert split_hulls(convex_hulls(points[None]))[0].tolist() == [0, 4, 1, 2]


def test_qhull_says_in_one_line_that_points_have_no_area() -> None:
    with pytest.raises(InputError, match="lie on a line"):
        qhull(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]))


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.floats(-1e3, 1e3)] * 6), min_size=1, max_size=5))
def test_orientation_has_the_sign_of_exact_arithmetic(rows: list) -> None:
    triples = np.array(rows).reshape(-1, 3, 2)
    signs = orientation(triples[:, 0], triples[:, 1], triples[:, 2])
    for triple, sign in zip(triples.tolist(), signs, strict=True):
        (ax, ay), (bx, by), (cx, cy) = [map(Fraction, point) for point in triple]
        determinant = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        assert sign == (determinant > 0) - (determinant < 0)


def test_orientation_is_exact_on_a_line_that_float64_cannot_hold() -> None:
    a, b = np.array([0.1, 0.1]), np.array([0.3, 0.3])
    c = np.array([[0.7, 0.7], [0.7, np.nextafter(0.7, 1)], [0.7, np.nextafter(0.7, 0)]])
    assert orientation(a, b, c).tolist() == [0, 1, -1]


def segments_meet(a: list, b: list, c: list, d: list) -> bool:
    """Whether two closed segments have a point in common, in exact arithmetic."""
    a, b, c, d = (tuple(map(Fraction, point)) for point in (a, b, c, d))

    def turn(p, q, r):
        value = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
        return (value > 0) - (value < 0)

    def inside(p, q, r):
        return all(min(p[k], q[k]) <= r[k] <= max(p[k], q[k]) for k in (0, 1))

    if turn(a, b, c) != turn(a, b, d) and turn(c, d, a) != turn(c, d, b):
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn(*end) == 0 and inside(*end) for end in ends)


def simple_by_definition(corners: list) -> bool:
    """Looks at every two edges: only neighbours may meet, and only in the corner they share."""
    count = len(corners)
    if count < 3 or len(set(map(tuple, corners))) < count:
        return False
    edges = list(pairwise([*corners, corners[0]]))
    for i, j in combinations(range(count), 2):
        if (j - i) in (1, count - 1):
            a, b, c = (corners[i], corners[j], corners[(j + 1) % count])
            if j - i != 1:
                a, b, c = corners[j], corners[i], corners[(i + 1) % count]
            # Neighbours overlap when either far end lies on the other edge.
            if segments_meet(a, b, c, c) or segments_meet(b, c, a, a):
                return False
        elif segments_meet(*edges[i], *edges[j]):
            return False
    return True


@settings(deadline=None, max_examples=400)
@given(st.lists(st.lists(st.tuples(GRID, GRID), min_size=0, max_size=7), min_size=1, max_size=4))
def test_simple_polygons_are_those_of_the_definition(polygons: list) -> None:
    lengths = np.array([len(polygon) for polygon in polygons])
    corners = np.zeros((len(polygons), max(1, lengths.max()), 2))
    for row, polygon in zip(corners, polygons, strict=True):
        row[: len(polygon)] = np.array(polygon).reshape(-1, 2)
    expected = [simple_by_definition(polygon) for polygon in polygons]
    assert simple_polygons(corners, lengths).tolist() == expected


def test_edges_on_one_line_cross_only_where_they_overlap() -> None:
    apart = [(0, 0), (1, 0), (1, 1), (2, 1), (2, 0), (3, 0), (3, 2), (0, 2)]
    touching = [(0, 0), (2, 0), (1, 1), (2, 1), (2, 0), (3, 0), (3, 2), (0, 2)]
    overlapping = [(0, 0), (2, 0), (2, 1), (1, 1), (1, 0), (3, 0), (3, 2), (0, 2)]
    polygons = np.array([apart, touching, overlapping], float)
    assert simple_polygons(polygons, np.full(3, 8)).tolist() == [True, False, False]


def test_simple_polygons_of_random_orders_agree_with_the_definition() -> None:
    polygons = np.random.default_rng(5).random((300, 6, 2))
    expected = [simple_by_definition(polygon.tolist()) for polygon in polygons]
    assert 20 < sum(expected) < 280
    assert simple_polygons(polygons, np.full(300, 6)).tolist() == expected


def test_hulls_pad_and_split_without_change() -> None:
    rows = [np.array([2, 0, 1]), np.array([5, 4, 3, 1]), np.array([], np.int64)]
    padded, lengths = pad_hulls(rows)
    assert padded.tolist() == [[2, 0, 1, -1], [5, 4, 3, 1], [-1, -1, -1, -1]]
    assert lengths.tolist() == [3, 4, 0]
    assert [row.tolist() for row in split_hulls(padded)] == [row.tolist() for row in rows]
    assert start_at_smallest(padded)[:2].tolist() == [[0, 1, 2, -1], [1, 5, 4, 3]]
