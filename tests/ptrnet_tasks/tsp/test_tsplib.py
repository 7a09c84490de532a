"""TSPLIB's files are read, refused and written."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.tsp.distances import distances, tour_lengths
from ptrnet_tasks.tsp.solvers import exact
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.answers import plot_answer
from tests.locations import SHARED, needs_data
from tests.ptrnet_tasks.tsp.tsplib_files import explicit, file_of

TSPLIB = SHARED / "tsplib"
TASK = TravellingSalesman()
SMALL = """NAME: small
TYPE: TSP
DIMENSION: 4
EDGE_WEIGHT_TYPE: EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 0
3 3 4
4 0 4
EOF
"""


@needs_data
def test_all_22_optimal_tours_have_the_published_length():
    found = 0
    for tour in sorted((TSPLIB / "opt").glob("*.opt.tour")):
        read = TASK.formats.read(TSPLIB / tour.name.replace(".opt.tour", ".tsp"))
        assert tour_lengths(read, read.solutions).tolist() == read.columns["length"].tolist()
        score = TASK.evaluate(read, read.solutions)
        assert score["gap"].values.tolist() == [0.0]
        assert score["gap"].reference == "the file's solution"
        assert score["optimal"].values.tolist() == [1.0]
        found += 1
    assert found == 22


@needs_data
def test_every_published_instance_is_read_or_refused_for_its_fixed_edges():
    refused = []
    for path in sorted(TSPLIB.glob("*.tsp")):
        try:
            read = TASK.formats.read(path)
        except InputError as error:
            refused.append(f"{path.name} {'FIXED_EDGES' in str(error)}")
            continue
        TASK.formats.check(read)
        assert read.columns["length"][0] > 0
    assert refused == ["linhp318.tsp True"]


@needs_data
@pytest.mark.parametrize("name", ["burma14", "gr17", "ulysses16", "swiss42", "berlin52", "eil51"])
def test_the_exact_solver_reaches_the_published_optimum(name):
    read = TASK.formats.read(TSPLIB / f"{name}.tsp")
    assert tour_lengths(read, exact(read)).tolist() == read.columns["length"].tolist()


@needs_data
@pytest.mark.parametrize("name", ["gr17", "brg180", "bays29"])
def test_distances_without_coordinates_serve_solvers_but_not_the_model(name):
    read = TASK.formats.read(TSPLIB / f"{name}.tsp")
    with pytest.raises(InputError, match="this model needs coordinates"):
        TASK.batch(read)
    greedy = TASK.references()["nearest-neighbour"].solve(read)
    assert TASK.evaluate(read, greedy)["gap"].values[0] >= 0
    if name == "bays29":
        assert plot_answer(TASK, read, 0, greedy[0]).get_title().startswith("bays29: length")
    else:
        with pytest.raises(InputError, match="no coordinates"):
            plot_answer(TASK, read, 0, greedy[0])


@needs_data
def test_geographical_coordinates_reach_the_model_as_a_map():
    read = TASK.formats.read(TSPLIB / "burma14.tsp")
    longitude, latitude = read.inputs[0][0]
    assert latitude == pytest.approx(16 + 47 / 60)
    assert longitude == pytest.approx((96 + 10 / 60) * np.cos(np.radians(19.2)), rel=0.01)
    inputs = TASK.batch(read).inputs
    assert inputs.min() >= 0
    assert inputs.max() <= 1


def test_a_tour_and_an_optimum_beside_the_file_are_its_solution(tmp_path):
    path = file_of(tmp_path, SMALL)
    assert TASK.formats.read(path).solutions is None
    file_of(tmp_path, "other : 9\nsmall : 14\n", "solutions.txt")
    read = TASK.formats.read(path)
    score = TASK.evaluate(read, [np.array([0, 2, 1, 3])])
    assert score["gap"].reference == "the file's length"
    assert score["gap"].values[0] == pytest.approx(18 / 14 - 1)
    file_of(tmp_path, "TYPE: TOUR\nTOUR_SECTION\n1 2 3 4 -1\nEOF\n", "small.opt.tour")
    assert TASK.formats.read(path).solutions[0].tolist() == [0, 1, 2, 3]
    file_of(tmp_path, "TYPE: TOUR\nTOUR_SECTION\n1 2 3\n-1\nEOF\n", "small.opt.tour")
    with pytest.raises(InputError, match="not a tour of the 4 cities"):
        TASK.formats.read(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("DIMENSION: 4", "DIMENSION: five", "DIMENSION"),
        ("DIMENSION: 4", "DIMENSION: 5", "12 numbers in NODE_COORD_SECTION"),
        ("EUC_2D", "XRAY1", "accepted: EUC_2D"),
        ("TYPE: TSP", "TYPE: ATSP", "TYPE ATSP"),
        ("TYPE: TSP", "TYPE:", "TYPE left empty; accepted: TSP"),
        ("3 3 4\n", "3 3\n", "11 numbers"),
        ("3 3 4\n", "3 3 x\n", "not a number"),
        ("3 3 4\n", "3 3 nan\n", "NaN"),
        ("3 3 4\n", "9 3 4\n", "number the cities"),
        ("NODE_COORD_SECTION", "DISPLAY_DATA_SECTION", "no NODE_COORD_SECTION"),
        (SMALL, "", "DIMENSION"),
        (SMALL, "0.1 0.2\n", "neither"),
    ],
)
def test_a_bad_tsplib_file_is_told_in_one_line_with_its_name(tmp_path, old, new, message):
    path = file_of(tmp_path, SMALL.replace(old, new, 1))
    with pytest.raises(InputError, match=message) as caught:
        TASK.formats.read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("layout", "numbers", "message"),
    [
        ("UPPER_ROW", [1, 2], "2 numbers; UPPER_ROW of 3 cities needs 3"),
        ("UPPER_ROW", [1, -2, 3], "negative"),
        ("FULL_MATRIX", [0, 1, 2, 9, 0, 3, 2, 3, 0], "not symmetric"),
        ("FUNCTION", [1, 2, 3], "EDGE_WEIGHT_FORMAT 'FUNCTION'"),
    ],
)
def test_a_bad_matrix_is_told_with_its_file(tmp_path, layout, numbers, message):
    path = file_of(tmp_path, explicit(layout, numbers, 3))
    with pytest.raises(InputError, match=message):
        TASK.formats.read(path)


def test_a_written_instance_has_the_same_optimal_tour(tmp_path):
    instances = TASK.generate(9, 1, seed=4)
    TASK.formats.write(instances, tmp_path / "nine.tsp")
    read = TASK.formats.read(tmp_path / "nine.tsp")
    assert "NAME: nine" in (tmp_path / "nine.tsp").read_text()
    ours = TASK.label(instances).solutions
    assert tour_lengths(read, TASK.label(read).solutions) == tour_lengths(read, ours)
    assert tour_lengths(read, ours) == pytest.approx(1e7 * tour_lengths(instances, ours), rel=1e-5)


def test_tsplib_rounding_survives_being_written(tmp_path):
    for text in (SMALL, explicit("UPPER_ROW", [3, 1, 4, 1, 5, 9], 4)):
        before = TASK.formats.read(file_of(tmp_path, text))
        TASK.formats.write(before, tmp_path / "again.tsp")
        after = TASK.formats.read(tmp_path / "again.tsp")
        assert (distances(after, 0).matrix() == distances(before, 0).matrix()).all()
    with pytest.raises(InputError, match="one instance, not 2"):
        TASK.formats.write(Instances(np.zeros((2, 3, 2))), tmp_path / "two.tsp")
