"""Rounding to whole numbers is told where it changes an instance a lot."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.tsp.distances import TSPLIB_RULES, Distances
from ptrnet_tasks.tsp.rounding import is_coarse
from ptrnet_tasks.tsp.solvers.dynamic_programming import held_karp
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.report import measure
from tests.locations import SHARED, needs_data
from tests.ptrnet_tasks.tsp.tsplib_files import file_of

TASK = TravellingSalesman()
POINTS = np.random.default_rng(3).random((10, 2))


def instance_of(points: np.ndarray) -> str:
    nodes = "\n".join(f"{city} {x} {y}" for city, (x, y) in enumerate(points.tolist(), 1))
    return (
        f"TYPE: TSP\nDIMENSION: {len(points)}\nEDGE_WEIGHT_TYPE: EUC_2D\n"
        f"NODE_COORD_SECTION\n{nodes}\nEOF\n"
    )


def test_points_of_the_unit_square_get_finite_figures_a_sentence_and_their_real_lengths(tmp_path):
    read = TASK.formats.read(file_of(tmp_path, instance_of(POINTS)))
    assert len(read.notes) == 1
    assert "EUC_2D rounds every distance to a whole number" in read.notes[0]
    best = held_karp(Distances("EUCLIDEAN", POINTS).matrix()[None])[0]
    shortest = Distances("EUCLIDEAN", POINTS).along(best)
    for tour in (best, np.arange(10)):
        scores = TASK.evaluate(read, [tour])
        real = Distances("EUCLIDEAN", POINTS).along(tour)
        assert scores["real_length"].values == pytest.approx([real])
        assert scores["real_gap"].values == pytest.approx([real / shortest - 1])
        assert all(np.isfinite(score.values).all() for score in scores.values())
        figures = measure(TASK, scores)
        assert list(figures)[-2:] == ["real_length", "real_gap"]
        text = TASK.presenter.describe(read, 0, tour)
        assert f"({real:.6g} before rounding)" in text


def test_a_reference_of_length_zero_gives_no_gap_and_no_warning(tmp_path):
    within = TASK.formats.read(file_of(tmp_path, instance_of(POINTS * 0.2)))
    reference = within.with_solutions([np.arange(10)])
    scores = TASK.evaluate(reference, [np.arange(10)[::-1]])
    assert scores["length"].values.tolist() == [0]
    assert scores["gap"].values.tolist() == [0]
    assert scores["optimal"].values.tolist() == [1]
    assert "gap 0.00% to" in TASK.presenter.describe(reference, 0, np.arange(10))
    matrix = np.zeros((4, 4))
    matrix[0, 2] = matrix[2, 0] = 1
    split = Instances([np.empty((4, 0))], [np.arange(4)], columns={"distances": [matrix]})
    gap = TASK.evaluate(split, [np.array([0, 2, 1, 3])])["gap"]
    assert np.isfinite(gap.values).all()
    assert gap.weights.tolist() == [0]
    assert "gap infinite" in TASK.presenter.describe(split, 0, np.array([0, 2, 1, 3]))


def test_instances_of_usual_size_have_no_such_figures(tmp_path):
    read = TASK.formats.read(file_of(tmp_path, instance_of(POINTS * 1000)))
    assert read.notes == ()
    scores = TASK.evaluate(read, [np.arange(10)])
    assert list(scores) == ["gap", "length", "optimal", "valid"]
    assert "before rounding" not in TASK.presenter.describe(read, 0, np.arange(10))


@pytest.mark.parametrize("rule", sorted(set(TSPLIB_RULES) - {"GEO"}))
def test_what_is_coarse_depends_on_the_scale_alone(rule):
    points = np.random.default_rng(1).random((40, 3 if rule.endswith("3D") else 2))
    assert is_coarse(Distances(rule, points * 5))
    assert not is_coarse(Distances(rule, points * 5000))
    assert not is_coarse(Distances("EUCLIDEAN", points))
    assert not is_coarse(Distances("EXPLICIT", np.ones((3, 3))))


def test_cities_in_one_place_are_no_reason():
    doubled = np.repeat(POINTS * 1000, 2, axis=0)
    assert not is_coarse(Distances("EUC_2D", doubled))
    several = np.concatenate([POINTS, POINTS[:3]])
    assert is_coarse(Distances("EUC_2D", several))


@needs_data
@pytest.mark.parametrize("name", ["eil51", "eil101", "att48", "burma14", "st70"])
def test_published_instances_are_not_coarse(name):
    assert TASK.formats.read(SHARED / "tsplib" / f"{name}.tsp").notes == ()
