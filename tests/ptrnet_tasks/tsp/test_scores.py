"""Tours are scored by their length, however they are told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.points.files import SOLVER_COLUMN
from ptrnet_tasks.tsp.scores import has_reference, reference_lengths, solver_names
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances

TASK = TravellingSalesman()


@settings(deadline=None, max_examples=20)
@given(st.integers(5, 9), st.integers(0, 1000))
def test_the_optimal_length_does_not_depend_on_the_order_place_or_turn_of_the_points(size, seed):
    rng = np.random.default_rng(seed)
    points = rng.random((1, size, 2))
    turn = np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
    moved = points[:, rng.permutation(size)] @ turn + 5

    def optimum(places: np.ndarray) -> float:
        labelled = TASK.label(Instances(places))
        return TASK.evaluate(labelled, labelled.solutions)["length"].values[0]

    assert optimum(moved) == pytest.approx(optimum(points))


def test_equal_tours_in_any_form_are_optimal_and_worse_ones_are_not():
    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]] * 4)
    instances = Instances(square, np.tile(np.arange(4), (4, 1)), source="square.txt")
    answers = [[2, 3, 0, 1], [3, 2, 1, 0], [0, 2, 1, 3], [0, 0, 1, 2]]
    scores = TASK.evaluate(instances, answers)
    assert list(scores) == ["gap", "length", "optimal", "valid"]
    assert scores["optimal"].values.tolist() == [1, 1, 0, 0]
    assert scores["valid"].values.tolist() == [1, 1, 1, 0]
    crossed = (2 + 2 * np.sqrt(2)) / 4 - 1
    assert scores["gap"].values.tolist() == pytest.approx([0, 0, crossed, 0])
    assert scores["gap"].weights.tolist() == [1, 1, 1, 0]
    assert scores["gap"].reference == scores["optimal"].reference == "the file's solution"


@pytest.mark.parametrize("answer", [[0, 1, 2], [0, 1, 2, 4], [0, 1, 2, -1], [], [0, 1, 2, 3, 0]])
def test_answers_of_any_origin_that_are_no_tours_count_as_invalid(answer):
    instances = TASK.label(Instances(np.random.default_rng(0).random((1, 4, 2))))
    scores = TASK.evaluate(instances, [answer])
    assert scores["valid"].values.tolist() == [0]
    assert scores["optimal"].values.tolist() == [0]
    assert all(np.isfinite(score.values).all() for score in scores.values())
    assert TASK.presenter.describe(instances, 0, answer).startswith("not a tour")


def test_the_reference_is_named_for_what_it_is():
    small, large = TASK.generate(8, 3, seed=0), TASK.generate(15, 3, seed=0)
    for instances, name in ((small, "exact"), (large, "fast-tsp")):
        labelled = TASK.label(instances)
        for known in (instances, labelled):
            scores = TASK.evaluate(known, labelled.solutions)
            assert scores["gap"].reference == name
            assert scores["optimal"].values.tolist() == [1, 1, 1]
    with_length = Instances(small.inputs, columns={"length": np.array([1.0, 2.0, 3.0])})
    tours = TASK.label(small).solutions
    scores = TASK.evaluate(with_length, tours)
    assert scores["gap"].reference == "the file's length"
    ratio = scores["length"].values / np.array([1.0, 2.0, 3.0])
    assert scores["gap"].values == pytest.approx(ratio - 1)


def test_integer_lengths_that_differ_by_one_are_not_equal():
    matrix = np.full((4, 4), 10**7)
    np.fill_diagonal(matrix, 0)
    matrix[0, 2] = matrix[2, 0] = 10**7 + 1
    instances = Instances([np.empty((4, 0))], [np.arange(4)], columns={"distances": [matrix]})
    scores = TASK.evaluate(instances, [[0, 2, 1, 3]])
    assert scores["optimal"].values.tolist() == [0]


def test_a_metric_says_how_it_is_read():
    read = {metric.name: (metric.higher_is_better, metric.kind) for metric in TASK.metrics}
    assert (
        read.items()
        >= {
            "gap": (False, "rate"),
            "length": (False, "number"),
            "optimal": (True, "rate"),
            "valid": (True, "rate"),
        }.items()
    )


def test_a_tour_as_long_as_its_reference_to_rounding_is_optimal_and_a_longer_one_is_not():
    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    for length, optimal in ((4 / (1 + 9e-7), 1), (4 / (1 + 2e-6), 0), (4.5, 1), (3.0, 0)):
        instances = Instances(square, columns={"length": np.array([length])})
        scores = TASK.evaluate(instances, [[0, 1, 2, 3]])
        assert scores["optimal"].values.tolist() == [optimal]
        assert scores["gap"].values == pytest.approx([4 / length - 1])


def test_a_reference_is_known_by_its_tour_or_by_its_length():
    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    tour, length = [np.array([0, 1, 2, 3])], {"length": np.array([4.0])}
    assert not has_reference(Instances(square))
    assert has_reference(Instances(square, tour))
    assert has_reference(Instances(square, columns=length))
    assert has_reference(Instances(square, tour, columns=length))


def test_a_solution_is_named_by_who_found_it():
    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]] * 2)
    tours = [np.array([0, 1, 2, 3])] * 2
    named = {"generated": "the given solution", "square.txt": "the file's solution"}
    for source, name in named.items():
        assert reference_lengths(Instances(square, tours, source=source))[1] == name
    solvers = {SOLVER_COLUMN: np.array(["fast-tsp", "exact"])}
    labelled = Instances(square, tours, columns=solvers)
    assert reference_lengths(labelled)[1] == "exact and fast-tsp"
    # A tour is known better than a length that stands beside it.
    both = Instances(square, tours, columns={"length": np.array([1.0, 1.0])})
    assert reference_lengths(both)[0].tolist() == [4, 4]


def test_instances_up_to_twelve_cities_are_solved_exactly():
    mixed = Instances([np.random.default_rng(size).random((size, 2)) for size in (5, 12, 13)])
    assert solver_names(mixed).tolist() == ["exact", "exact", "fast-tsp"]


def test_a_known_closed_tour_is_no_reference_for_a_path_nor_one_path_for_another():
    closed = TASK.label(TASK.generate(7, 4, seed=0))
    known = Instances(closed.inputs, closed.solutions, columns={"length": np.full(4, 9.0)})
    task = TASK.with_ends(open=True, start=1)
    labelled = task.referenced(known)
    assert labelled.solutions[0].tolist() != closed.solutions[0].tolist()
    for instances in (known, labelled):
        scores = task.evaluate(instances, labelled.solutions)
        assert scores["gap"].values.tolist() == [0, 0, 0, 0]
        assert scores["gap"].reference == "exact"
    lengths = task.evaluate(known, labelled.solutions)["length"].values
    assert (lengths < TASK.evaluate(closed, closed.solutions)["length"].values).all()
    free = TASK.with_ends(open=True)
    assert (free.evaluate(labelled, labelled.solutions)["gap"].values >= 0).all()
    assert free.evaluate(labelled, labelled.solutions)["gap"].values.sum() > 0
    assert TASK.evaluate(labelled, closed.solutions)["gap"].values == pytest.approx([0] * 4)


def test_a_path_with_other_ends_is_not_valid():
    instances = TASK.generate(5, 1, seed=0)
    scores = TASK.with_ends(start=0, end=4).evaluate(instances, [[4, 1, 2, 3, 0]])
    assert scores["valid"].values.tolist() == [0]


def test_a_directed_tour_backwards_is_another_tour():
    matrix = np.array([[0, 1, 9, 9], [9, 0, 1, 9], [9, 9, 0, 1], [1, 9, 9, 0]])
    instances = Instances([np.empty((4, 0))] * 2, columns={"distances": [matrix] * 2})
    scores = TASK.evaluate(instances, [[1, 2, 3, 0], [0, 3, 2, 1]])
    assert scores["length"].values.tolist() == [4, 36]
    assert scores["optimal"].values.tolist() == [1, 0]
    assert scores["gap"].values.tolist() == [0, 8]


def test_the_gap_of_short_tours_is_held_against_their_own_length():
    square = 0.1 * np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    scores = TASK.evaluate(Instances(square, [np.arange(4)]), [[0, 2, 1, 3]])
    assert scores["gap"].values == pytest.approx([(2 + 2 * np.sqrt(2)) / 4 - 1])
