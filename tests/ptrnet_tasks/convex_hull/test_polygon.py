"""Orientations and simple polygons against exact arithmetic and the definition."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.convex_hull import polygon
from ptrnet_tasks.convex_hull.polygon import orientation, simple_polygons

GRID = st.integers(0, 4).map(float)


@pytest.mark.parametrize("exponent", [-700, -535, 30, 700])
def test_orientation_does_not_depend_on_the_scale_of_coordinates(exponent: int) -> None:
    a, b, c = np.random.default_rng(3).random((3, 200, 2))
    scaled = (np.ldexp(points, exponent) for points in (a, b, c))
    assert (orientation(*scaled) == orientation(a, b, c)).all()


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
    for row, drawn in zip(corners, polygons, strict=True):
        row[: len(drawn)] = np.array(drawn).reshape(-1, 2)
    expected = [simple_by_definition(drawn) for drawn in polygons]
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


def test_edges_held_against_all_in_blocks_are_as_all_at_once(monkeypatch) -> None:
    rng = np.random.default_rng(5)
    grid = rng.integers(0, 7, (60, 6, 2)).astype(float)
    lengths = rng.integers(3, 7, 60)
    whole = simple_polygons(grid, lengths)
    assert 0 < whole.sum() < 60
    for pairs in (1, 12, 24):
        monkeypatch.setattr(polygon, "_PAIRS_AT_ONCE", pairs)
        assert (simple_polygons(grid, lengths) == whole).all()
