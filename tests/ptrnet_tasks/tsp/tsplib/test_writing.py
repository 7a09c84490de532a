"""Instances written as TSPLIB files come back as they were."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.tsp.distances import distances, tour_lengths
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from tests.ptrnet_tasks.tsp.tsplib_files import explicit, file_of

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
        assert tour_lengths(after, [[0, 2, 1, 3]]) == tour_lengths(before, [[0, 2, 1, 3]])
    with pytest.raises(InputError, match="one instance, not 2"):
        TASK.formats.write(Instances(np.zeros((2, 3, 2))), tmp_path / "two.tsp")


def test_directed_and_great_circle_distances_are_written_as_matrices(tmp_path):
    asymmetric = explicit("FULL_MATRIX", [0, 1, 9, 9, 0, 1, 1, 9, 0], 3).replace(": TSP", ": ATSP")
    before = TASK.formats.read(file_of(tmp_path, asymmetric))
    TASK.formats.write(before, tmp_path / "again.atsp")
    after = TASK.formats.read(tmp_path / "again.atsp")
    assert distances(after, 0).matrix().tolist() == distances(before, 0).matrix().tolist()
    table = file_of(tmp_path, "lat,lon\n54.3,10.1\n53.6,10.0\n52.5,13.4\n51.1,13.7\n", "towns.csv")
    before = TASK.formats.read(table)
    TASK.formats.write(before, tmp_path / "towns.tsp")
    after = TASK.formats.read(tmp_path / "towns.tsp")
    assert (distances(after, 0).matrix() == distances(before, 0).matrix()).all()
    assert np.asarray(after.inputs[0]) == pytest.approx(np.asarray(before.inputs[0]))
    with pytest.raises(InputError, match=r"none of a plane, so only \.tsp"):
        TASK.formats.write(before, tmp_path / "towns.npz")


def test_numbers_of_cities_are_written_as_they_were(tmp_path):
    text = SMALL.replace("1 0 0", "0 0 0").replace("4 0 40", "9 0 40")
    TASK.formats.write(TASK.formats.read(file_of(tmp_path, text)), tmp_path / "again.tsp")
    assert TASK.formats.read(tmp_path / "again.tsp").columns["labels"] == [["0", "2", "3", "9"]]
