"""Tours that stand beside a TSPLIB instance."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.tsp.distances import tour_lengths
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.errors import InputError
from tests.ptrnet_tasks.tsp.tsplib_files import file_of

TASK = TravellingSalesman()
SMALL = """NAME: small
TYPE: TSP
DIMENSION: 4
EDGE_WEIGHT_TYPE: EUC_2D
NODE_COORD_SECTION
1 0 0
2 30 0
3 30 40
4 0 40
EOF
"""


def test_a_tour_and_an_optimum_beside_the_file_are_its_solution(tmp_path):
    path = file_of(tmp_path, SMALL)
    assert TASK.formats.read(path).solutions is None
    file_of(tmp_path, "other : 9\nsmall : 140\n", "solutions.txt")
    read = TASK.formats.read(path)
    score = TASK.evaluate(read, [np.array([0, 2, 1, 3])])
    assert score["gap"].reference == "the file's length"
    assert score["gap"].values[0] == pytest.approx(180 / 140 - 1)
    file_of(tmp_path, "TYPE: TOUR\nTOUR_SECTION\n1 2 3 4 -1\nEOF\n", "small.opt.tour")
    assert TASK.formats.read(path).solutions[0].tolist() == [0, 1, 2, 3]
    file_of(tmp_path, "TYPE: TOUR\nTOUR_SECTION\n1 2 3\n-1\nEOF\n", "small.opt.tour")
    with pytest.raises(InputError, match="not a tour of the 4 cities"):
        TASK.formats.read(path)


TOUR = "NAME : {name}\nCOMMENT : Length = {length}\nTYPE : TOUR\nTOUR_SECTION\n{cities}\n"


def write_tour(folder: Path, name: str, cities: str, length: int = 140) -> Path:
    folder.mkdir(exist_ok=True)
    data = TOUR.format(name=name, length=length, cities=cities).encode()
    path = folder / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize(
    "cities",
    ["1\n2\n3\n4\n-1\nEOF", "1 2 3 4 -1", "1 2 3 4", "1 2 3 4 -1 -1\nEOF", "1 2 3 4\n-1\n\n"],
)
@pytest.mark.parametrize(
    "name",
    ["small.tour", "small.opt.tour", "small.140.tour", "small.tour.gz", "opt/small.opt.tour"],
)
def test_a_tour_beside_the_instance_is_its_reference(tmp_path, cities, name):
    path = file_of(tmp_path, SMALL)
    write_tour((tmp_path / name).parent, (tmp_path / name).name, cities)
    read = TASK.formats.read(path)
    assert read.solutions[0].tolist() == [0, 1, 2, 3]
    assert read.notes == ()
    gap = TASK.evaluate(read, [np.array([0, 2, 1, 3])])["gap"]
    assert gap.values[0] == pytest.approx(180 / 140 - 1)
    assert gap.reference == ("the file's solution" if ".opt." in name else name)


def test_of_several_tours_the_proved_one_and_then_the_shortest_is_taken(tmp_path):
    path = file_of(tmp_path, SMALL)
    write_tour(tmp_path, "smaller.tour", "1 2 3 4 -1")
    assert TASK.formats.read(path).solutions is None
    write_tour(tmp_path, "small.180.tour", "1 3 2 4 -1", 180)
    write_tour(tmp_path, "small.140.tour", "1 2 3 4 -1")
    assert TASK.formats.read(path).columns["solver"].tolist() == ["small.140.tour"]
    write_tour(tmp_path / "opt", "small.opt.tour", "4 3 2 1 -1")
    assert TASK.formats.read(path).solutions[0].tolist() == [3, 2, 1, 0]


@pytest.mark.parametrize(
    ("numbers", "tour"), [("0", "1 2 3 4"), ("0", "0 1 2 3"), ("7", "7 2 3 4")]
)
def test_a_tour_counts_as_its_instance_or_from_one(tmp_path, numbers, tour):
    text = SMALL.replace("1 0 0", f"{numbers} 0 0")
    if numbers == "0":
        text = text.replace("\n2 ", "\n1 ").replace("\n3 ", "\n2 ").replace("\n4 ", "\n3 ")
    write_tour(tmp_path, "small.tour", f"{tour} -1")
    read = TASK.formats.read(file_of(tmp_path, text))
    assert tour_lengths(read, read.solutions).tolist() == [140.0]


def test_a_comment_that_is_wrong_about_the_length_is_told(tmp_path):
    write_tour(tmp_path, "small.tour", "1 3 2 4 -1", 140)
    read = TASK.formats.read(file_of(tmp_path, SMALL))
    assert len(read.notes) == 1
    assert "says that its tour is 140 long" in read.notes[0]
    assert "it is 180" in read.notes[0]
