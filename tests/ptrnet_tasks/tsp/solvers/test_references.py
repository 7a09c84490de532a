"""Solvers of tours against the optimum, against each other and against published figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.points.files import read_point_file
from ptrnet_tasks.tsp.distances import Distances, is_tour, tour_lengths
from ptrnet_tasks.tsp.ends import Ends
from ptrnet_tasks.tsp.solvers.references import exact, label_tours, references

from ptrnet_suite.data.instances import Instances
from tests.locations import SHARED, needs_data
from tests.ptrnet_tasks.tsp.matrices import directed, shortest, symmetric

HERE = {name: known for name, known in references().items() if known.available()}


def with_duplicates(size: int) -> Instances:
    points = np.random.default_rng(1).random((2, size, 2))
    points[:, 2] = points[:, 0]
    return Instances(points)


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("size", [3, 4, 6, 13, 22])
def test_every_solver_gives_tours_no_shorter_than_the_optimum(name, size):
    for instances in (
        Instances(np.random.default_rng(0).random((2, size, 2))),
        with_duplicates(size),
    ):
        tours = HERE[name].solve(instances)
        assert all(is_tour(tour, size) and tour[0] == 0 for tour in tours)
        assert (
            tour_lengths(instances, tours) >= tour_lengths(instances, exact(instances)) - 1e-9
        ).all()


@pytest.mark.parametrize("name", HERE)
def test_every_solver_takes_instances_of_different_sizes(name):
    rng = np.random.default_rng(2)
    instances = Instances([rng.random((size, 2)) for size in (5, 14, 9, 5)])
    tours = HERE[name].solve(instances)
    assert [is_tour(tour, size) for tour, size in zip(tours, (5, 14, 9, 5), strict=True)] == [
        True
    ] * 4


ASKED = [Ends(), Ends(start=2), Ends(True), Ends(True, 1), Ends(end=1), Ends(True, 2, 0)]


def of_matrices(matrices: list[np.ndarray]) -> Instances:
    points = [np.empty((len(matrix), 0)) for matrix in matrices]
    return Instances(points, columns={"distances": matrices})


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(3, 7), min_size=1, max_size=2),
    st.integers(0, 10_000),
    st.booleans(),
    st.sampled_from([symmetric, directed]),
    st.sampled_from(ASKED),
)
def test_exact_equals_brute_force_on_directed_distances_and_paths(sizes, seed, whole, draw, asked):
    rng = np.random.default_rng(seed)
    matrices = [draw(rng, size, whole) for size in sizes]
    instances = of_matrices(matrices)
    start = asked.start if asked.open else None
    expected = [shortest(matrix, asked.open, start, asked.end) for matrix in matrices]
    answers = exact(instances, asked)
    assert asked.lengths(instances, answers) == pytest.approx(expected)
    if asked.start is not None:
        assert all(answer[0] == asked.start for answer in answers)


def test_exact_equals_brute_force_at_eight_cities():
    matrices = [directed(np.random.default_rng(8), 8, whole=False)]
    for asked, expected in (
        (Ends(), shortest(matrices[0])),
        (Ends(True), shortest(matrices[0], True)),
    ):
        instances = of_matrices(matrices)
        assert asked.lengths(instances, exact(instances, asked)) == pytest.approx([expected])


@pytest.mark.parametrize("draw", [symmetric, directed])
@pytest.mark.parametrize("asked", ASKED)
def test_every_solver_answers_what_is_asked_for_and_none_beats_the_exact_one(draw, asked):
    rng = np.random.default_rng(3)
    matrices = [draw(rng, size, whole=False) for size in (5, 9, 16)]
    instances = of_matrices(matrices)
    best = asked.lengths(instances, exact(instances, asked))
    for name, solver in references(asked).items():
        if not solver.available() or (name == "christofides" and draw is directed):
            continue
        answers = solver.solve(instances)
        assert (asked.lengths(instances, answers) >= best - 1e-9).all(), name
        first = 0 if asked.start is None else asked.start
        if asked.start is not None or not asked.open:
            assert all(answer[0] == first for answer in answers), name


@pytest.mark.parametrize("asked", ASKED)
def test_the_integer_program_proves_what_dynamic_programming_is_too_large_for(asked):
    points = np.random.default_rng(0).random((14, 2))
    matrix = Distances("EUCLIDEAN", points).matrix()
    matrix[3] *= 1.5
    for instances in (of_matrices([matrix]), of_matrices([matrix[:12, :12]])):
        proved = asked.lengths(instances, exact(instances, asked))
        searched = asked.lengths(instances, label_tours(instances, 5, asked))
        assert proved == pytest.approx(searched, rel=1e-3)
        assert (proved <= searched + 1e-9).all()


@needs_data
def test_heuristics_are_as_far_from_concorde_as_published():
    whole = read_point_file(SHARED / "tsp" / "tsp50_concorde_1280.txt", every_point=True)
    instances = whole.subset(np.arange(100))
    optimum = tour_lengths(instances, instances.solutions)
    gaps = {
        name: (tour_lengths(instances, HERE[name].solve(instances)) / optimum - 1).mean()
        for name in ("farthest-insertion", "2-opt", "greedy", "nearest-neighbour")
    }
    # Kool et al. 2019, table 1: farthest insertion 5.53 %, nearest neighbour 22.94 % at n = 50.
    assert gaps["farthest-insertion"] == pytest.approx(0.0553, abs=0.01)
    assert gaps["nearest-neighbour"] == pytest.approx(0.2294, abs=0.03)
    assert gaps["greedy"] == pytest.approx(gaps["nearest-neighbour"], abs=1e-6)
    assert 0.02 < gaps["2-opt"] < 0.06


@needs_data
def test_fast_tsp_is_within_a_hundredth_of_a_per_cent_of_concorde_at_50():
    whole = read_point_file(SHARED / "tsp" / "tsp50_concorde_1280.txt", every_point=True)
    instances = whole.subset(np.arange(40))
    found = tour_lengths(instances, HERE["fast-tsp"].solve(instances))
    assert (found / tour_lengths(instances, instances.solutions) - 1).mean() < 1e-4


def test_annealing_improves_on_the_greedy_tour_that_it_starts_from():
    instances = Instances(np.random.default_rng(0).random((4, 25, 2)))
    greedy = tour_lengths(instances, HERE["greedy"].solve(instances))
    annealed = tour_lengths(instances, HERE["annealing"].solve(instances))
    assert annealed.mean() < 0.97 * greedy.mean()


@pytest.mark.parametrize("size", [3, 5, 12, 13, 18, 21])
def test_labels_are_optimal_for_small_instances(size):
    instances = Instances(np.random.default_rng(size).random((5, size, 2), dtype=np.float32))
    labels = tour_lengths(instances, label_tours(instances, patience=3))
    assert labels == pytest.approx(tour_lengths(instances, exact(instances)), rel=1e-6)


@pytest.mark.parametrize("size", [3, 4, 5, 20, 30])
def test_cities_in_one_place_are_solved_exactly(size):
    points = np.random.default_rng(0).random((1, size, 2))
    points[0, 1] = points[0, 0]
    twice, once = Instances(points), Instances(points[:, 1:])
    if size > 3:
        lengths = tour_lengths(twice, exact(twice)), tour_lengths(once, exact(once))
        assert lengths[0] == pytest.approx(lengths[1])
    assert is_tour(exact(twice)[0], size)


@needs_data
@pytest.mark.parametrize("name", ["tsp_5_test_first1000.txt", "tsp_10_test_exact_first1000.txt"])
def test_every_official_tour_of_5_and_10_cities_is_optimal(name):
    instances = read_point_file(SHARED / "ptrnet" / name, every_point=True)
    ours = tour_lengths(instances, exact(instances))
    official = tour_lengths(instances, instances.solutions)
    assert np.abs(ours - official).max() < 1e-9
