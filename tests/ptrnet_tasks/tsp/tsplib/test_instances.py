"""TSPLIB's files are read in the dialects that are found, or refused."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from ptrnet_tasks.tsp.distances import distances, tour_lengths
from ptrnet_tasks.tsp.solvers.references import exact
from ptrnet_tasks.tsp.task import TravellingSalesman

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
@pytest.mark.parametrize("name", ["gr17", "brg180"])
def test_distances_without_coordinates_serve_solvers_but_not_the_model(name):
    read = TASK.formats.read(TSPLIB / f"{name}.tsp")
    with pytest.raises(InputError, match="no coordinates, which this model needs"):
        TASK.batch(read)
    greedy = TASK.references()["nearest-neighbour"].solve(read)
    assert TASK.evaluate(read, greedy)["gap"].values[0] >= 0
    with pytest.raises(InputError, match="no coordinates"):
        plot_answer(TASK, read, 0, greedy[0])


@needs_data
def test_a_model_sees_displayed_cities_and_is_scored_by_the_distances_that_are_given():
    read = TASK.formats.read(TSPLIB / "bays29.tsp")
    assert TASK.batch(read).inputs.shape == (1, 29, 2)
    assert read.inputs[0][0].tolist() == [1150.0, 1760.0]
    assert tour_lengths(read, read.solutions).tolist() == [2020.0]
    assert "displayed" in read.notes[0]
    drawn = plot_answer(TASK, read, 0, read.solutions[0])
    assert drawn.get_title() == "bays29: length 2,020"


@needs_data
def test_geographical_coordinates_reach_the_model_as_a_map():
    read = TASK.formats.read(TSPLIB / "burma14.tsp")
    longitude, latitude = read.inputs[0][0]
    assert latitude == pytest.approx(16 + 47 / 60)
    assert longitude == pytest.approx((96 + 10 / 60) * np.cos(np.radians(19.2)), rel=0.01)
    inputs = TASK.batch(read).inputs
    assert inputs.min() >= 0
    assert inputs.max() <= 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("DIMENSION: 4", "DIMENSION: five", "DIMENSION"),
        ("DIMENSION: 4", "DIMENSION: 5", "12 numbers in NODE_COORD_SECTION"),
        ("EUC_2D", "XRAY1", "accepted: EUC_2D"),
        ("TYPE: TSP", "TYPE: HCP", "TYPE HCP; accepted: TSP .*, ATSP"),
        ("TYPE: TSP", "TYPE: TOUR", "holds a tour; accepted is its instance"),
        ("TYPE: TSP", "TYPE:", "TYPE left empty; accepted: TSP"),
        ("DIMENSION: 4", "DIMENSION: \N{SUPERSCRIPT TWO}", "DIMENSION"),
        ("DIMENSION: 4", f"DIMENSION: {'9' * 5000}", "DIMENSION"),
        ("3 3 4\n", "3 3\n", "11 numbers"),
        ("3 3 4\n", "3 3 x\n", "not a number"),
        ("3 3 4\n", "3 3 nan\n", "NaN"),
        ("3 3 4\n", "2 3 4\n", "numbers two cities in NODE_COORD_SECTION 2"),
        ("3 3 4\n", "2.5 3 4\n", "number the cities in NODE_COORD_SECTION by integers"),
        ("3 3 4\n", "3 3 1_0\n", "line 8, '3 3 1_0'"),
        ("3 3 4\n", f"3 3 {'9' * 20}\n", "beyond 1e.15"),
        ("EUC_2D", "EUC_3D", "12 numbers in NODE_COORD_SECTION; 4 cities need 16"),
        ("EUC_2D", "EUC_2D\nNODE_COORD_TYPE: THREED_COORDS", "4 cities need 16"),
        ("EOF", "FIXED_EDGES_SECTION\n1 2\n-1", "FIXED_EDGES"),
        ("NODE_COORD_SECTION", "DISPLAY_DATA_SECTION", "no NODE_COORD_SECTION"),
        (SMALL, "", "is empty"),
        (SMALL, "NAME: a\n", "DIMENSION"),
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
        ("UPPER_ROW", [1, 10**200, 3], "beyond 1e.150"),
        ("FULL_MATRIX", [0, 1, 2, 9, 0, 3, 2, 3, 0], "not symmetric"),
        ("FUNCTION", [1, 2, 3], "EDGE_WEIGHT_FORMAT 'FUNCTION'"),
        ("FULL_MATRIX", [0, 1, 2, 1, 0, 3, 2, 3], "8 numbers; FULL_MATRIX of 3 cities needs 9"),
    ],
)
def test_a_bad_matrix_is_told_with_its_file(tmp_path, layout, numbers, message):
    path = file_of(tmp_path, explicit(layout, numbers, 3))
    with pytest.raises(InputError, match=message):
        TASK.formats.read(path)


def test_a_few_bytes_that_speak_of_millions_of_cities_take_no_memory(tmp_path):
    path = file_of(tmp_path, explicit("FULL_MATRIX", [0] * 9, 10**7))
    with pytest.raises(InputError, match="9 numbers; FULL_MATRIX of 10000000 cities needs"):
        TASK.formats.read(path)
    path = file_of(tmp_path, SMALL.replace("DIMENSION: 4", "DIMENSION: 100000000"))
    with pytest.raises(InputError, match="12 numbers in NODE_COORD_SECTION"):
        TASK.formats.read(path)


GEO = """NAME: towns
TYPE: TSP
DIMENSION: 5
EDGE_WEIGHT_TYPE: GEO
NODE_COORD_SECTION
1 48.12 11.34
2 48.12 11.34
3 53.33 10.00
4 50.56 6.57
5 50.56 6.57
"""


def test_geographical_cities_in_one_place_are_one_kilometre_apart_as_the_formula_has_it(tmp_path):
    read = TASK.formats.read(file_of(tmp_path, GEO))
    matrix = distances(read, 0).matrix()
    assert matrix[0, 1] == matrix[3, 4] == 1
    assert (np.diagonal(matrix) == 0).all()
    best = [0, 1, 2, 3, 4]
    assert tour_lengths(read, exact(read)) == tour_lengths(read, [best])
    assert tour_lengths(read, [best])[0] == 2 + matrix[1, 2] + matrix[2, 3] + matrix[4, 0]
    with pytest.raises(InputError, match="point 3 has the latitude 93"):
        TASK.formats.read(file_of(tmp_path, GEO.replace("53.33", "93.33")))
    planar = GEO.replace("GEO", "EUC_2D")
    assert distances(TASK.formats.read(file_of(tmp_path, planar)), 0).matrix()[0, 1] == 0


ROWS = [(3705, 4585), (7019, 3814), (3701, 4160), (7004, 4811), (1555, 1512), (6585, 4193)]


def dialect(first: int = 1, ending: str = "EOF\n", **header: str) -> str:
    entries = {"NAME": "t6", "TYPE": "TSP", "DIMENSION": "6", "EDGE_WEIGHT_TYPE": "EUC_2D"}
    lines = [f"{key} : {value}" for key, value in {**entries, **header}.items()]
    nodes = [f"{city} {x} {y}" for city, (x, y) in enumerate(ROWS, first)]
    return "\n".join([*lines, "NODE_COORD_SECTION", *nodes, ending])


DIALECTS = {
    "lower case": dialect(NAME="a").lower(),
    "without blanks": dialect().replace(" : ", ":"),
    "without colons": dialect().replace(" : ", " "),
    "windows": dialect().replace("\n", "\r\n"),
    "a mark of UTF-8": "\ufeff" + dialect(),
    "no EOF": dialect(ending=""),
    "-1 at the end": dialect(ending="-1\nEOF\n"),
    "numbered from 0": dialect(first=0),
    "numbered from 100": dialect(first=100),
    "comments": "# made by hand\n" + dialect(COMMENT="six: of them").replace("NODE", "# x\nNODE"),
    "types of coordinates": dialect(NODE_COORD_TYPE="TWOD_COORDS", DISPLAY_DATA_TYPE="NO_DISPLAY"),
    "ATSP with coordinates": dialect(TYPE="ATSP"),
}


@pytest.mark.parametrize("suffix", [".tsp", ".TSP", ".txt", ".dat", ".tsp.gz"])
@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_is_read_whatever_the_suffix(tmp_path, name, suffix):
    path = tmp_path / f"t6{suffix}"
    data = DIALECTS[name].encode()
    path.write_bytes(gzip.compress(data) if suffix.endswith("gz") else data)
    read = TASK.formats.read(path)
    TASK.formats.check(read)
    assert read.inputs[0].tolist() == [list(map(float, row)) for row in ROWS]
    assert read.names == ["t6"]
    assert distances(read, 0).matrix()[0, 1] == 3403
    assert read.notes == ()


def test_a_tour_is_told_by_the_numbers_of_the_file(tmp_path):
    for first in (0, 1, 7):
        read = TASK.formats.read(file_of(tmp_path, dialect(first=first)))
        tour = np.array([0, 2, 1, 3, 5, 4])
        told = TASK.presenter.describe(read, 0, tour).partition("tour ")[2]
        assert told == " ".join(str(city + first) for city in tour)
        steps = TASK.presenter.positions_and_steps(read, 0, [2, 1])[1]
        assert steps == [str(first + 2), str(first + 1)]


@pytest.mark.parametrize(
    ("rule", "distance"),
    [("EUC_3D", 50), ("MAX_3D", 40), ("MAN_3D", 70)],
)
def test_cities_in_space_are_measured_there_and_seen_in_a_plane(tmp_path, rule, distance):
    rows = [(0, 0, 0), (30, 0, 40), (30, 5, 40), (0, 5, 0), (60, 0, 80)]
    nodes = "\n".join(f"{city} {x} {y} {z}" for city, (x, y, z) in enumerate(rows, 1))
    text = (
        f"TYPE: TSP\nDIMENSION: 5\nEDGE_WEIGHT_TYPE: {rule}\nNODE_COORD_TYPE: THREED_COORDS\n"
        f"NODE_COORD_SECTION\n{nodes}\nEOF\n"
    )
    read = TASK.formats.read(file_of(tmp_path, text))
    assert distances(read, 0).matrix()[0, 1] == distance
    seen = np.asarray(read.inputs[0])
    # These five lie in one plane, so that seen from above it nothing is shortened.
    between = np.linalg.norm(seen[:, None] - seen[None], axis=-1)
    known = np.linalg.norm(np.array(rows, float)[:, None] - np.array(rows)[None], axis=-1)
    assert between == pytest.approx(known)
    assert TASK.batch(read).inputs.shape == (1, 5, 2)


def test_an_asymmetric_instance_keeps_its_directions(tmp_path):
    text = explicit("FULL_MATRIX", [9999, 1, 9, 9, 9999, 1, 1, 9, 9999], 3)
    read = TASK.formats.read(file_of(tmp_path, text.replace(": TSP", ": ATSP"), "three.atsp"))
    TASK.formats.check(read)
    assert distances(read, 0).matrix().tolist() == [[0, 1, 9], [9, 0, 1], [1, 9, 0]]
    assert not distances(read, 0).symmetric
    assert tour_lengths(read, [[0, 1, 2]])[0] == 3
    assert tour_lengths(read, [[0, 2, 1]])[0] == 27


def test_a_matrix_may_hold_real_numbers(tmp_path):
    read = TASK.formats.read(file_of(tmp_path, explicit("UPPER_ROW", [1.5, 2.25, 3.125], 3)))
    assert tour_lengths(read, [[0, 1, 2]])[0] == 6.875
    assert not distances(read, 0).integer
