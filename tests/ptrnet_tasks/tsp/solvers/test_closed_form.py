"""Paths as closed tours of one city more, and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.tsp.distances import Distances
from ptrnet_tasks.tsp.ends import FREE, Ends
from ptrnet_tasks.tsp.solvers.closed_form import (
    ClosedForm,
    check_matrices,
    closed_forms,
    with_joint,
)

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from tests.ptrnet_tasks.tsp.matrices import directed, shortest, symmetric

ENDS = [(None, None), (2, None), (None, 1), (1, 2)]


@settings(deadline=None, max_examples=40)
@given(
    st.integers(3, 7),
    st.integers(0, 10_000),
    st.booleans(),
    st.sampled_from([symmetric, directed]),
    st.sampled_from(ENDS),
)
def test_the_shortest_closed_tour_is_the_shortest_path(size, seed, whole, draw, ends):
    matrix = draw(np.random.default_rng(seed), size, whole)
    start, end = (FREE if city is None else city for city in ends)
    joined = with_joint(matrix, start, end)
    assert bool((joined == joined.T).all()) == bool((matrix == matrix.T).all())
    assert joined.dtype == matrix.dtype
    # The edges of the joint are the same in all of the shortest tours.
    largest = matrix.max() or 1
    joint = {0: 2 * largest, 1: 3 * largest if draw is symmetric else largest, 2: 0}
    fixed = 2 - ends.count(None)
    if not (draw is directed and (matrix == matrix.T).all()):
        expected = shortest(matrix, True, *ends) + joint[fixed]
        assert shortest(joined) == pytest.approx(expected)


def test_free_ends_keep_the_triangle_inequality():
    points = np.random.default_rng(0).random((9, 2))
    joined = with_joint(Distances("EUCLIDEAN", points).matrix(), FREE, FREE)
    assert (joined[:, :, None] <= joined[:, None, :] + joined.T[None] + 1e-12).all()


@given(st.permutations(range(7)))
def test_the_canonical_tour_is_one_for_all_starts_and_both_directions(order):
    form = ClosedForm(Distances("EXPLICIT", np.ones((7, 7))), False, FREE, FREE)
    tour = np.array(order)
    for other in (np.roll(tour, 3), tour[::-1]):
        assert (form.answer(other) == form.answer(tour)).all()
    assert form.answer(tour)[0] == 0
    begun = ClosedForm(form.measure, False, 4, FREE).answer(tour)
    assert begun[0] == 4
    assert (form.answer(begun) == form.answer(tour)).all()


def test_a_directed_tour_keeps_its_direction():
    form = ClosedForm(Distances("EXPLICIT", np.arange(16).reshape(4, 4)), False, FREE, FREE)
    assert form.answer(np.array([2, 1, 0, 3])).tolist() == [0, 3, 2, 1]


@given(st.permutations(range(6)), st.sampled_from(ENDS), st.booleans())
def test_any_closed_tour_becomes_a_path_with_the_ends_asked_for(order, ends, one_way):
    matrix = np.arange(25.0).reshape(5, 5) if one_way else np.ones((5, 5))
    instances = Instances([np.empty((5, 0))], columns={"distances": [matrix]})
    asked = Ends(True, *ends)
    path = closed_forms(instances, asked)[0].answer(np.array(order))
    assert not np.isnan(asked.lengths(instances, [path])).any()


def test_what_is_too_large_for_a_matrix_is_refused_before_one_is_made():
    instances = Instances([np.zeros((3, 2)), np.zeros((200_000, 2))], source="country.tsp")
    with pytest.raises(InputError, match="all its 200,000 cities needs about 960 GB") as told:
        check_matrices(instances)
    assert "country.tsp, instance 2" in str(told.value)
