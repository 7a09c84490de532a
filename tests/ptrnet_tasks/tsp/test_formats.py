"""Files of tours, the samples among them: formats work on any clone."""

from __future__ import annotations

import pytest
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.registry import load_task
from tests.locations import SAMPLES

TASK = TravellingSalesman()


def test_official_tour_lines_hold_the_best_tours_of_their_points():
    task = load_task("tsp")
    read = task.formats.read(SAMPLES / "tours.txt")
    assert [list(tour) for tour in read.solutions] == [[0, 2, 1, 3], [0, 1, 2, 3, 4]]
    score = task.evaluate(read, task.references()["exact"].solve(read))
    assert score["length"].values == pytest.approx([4.0, 2.2])
    assert score["gap"].values == pytest.approx([0.0, 0.0])


def test_a_tsplib_file_comes_with_its_optimum_and_a_tour_that_reaches_it():
    task = load_task("tsp")
    read = task.formats.read(SAMPLES / "grid16.tsp")
    assert read.columns["length"].tolist() == [1600]
    assert task.evaluate(read, read.solutions)["length"].values.tolist() == [1600]
    exact = task.references()["exact"].solve(read)
    assert task.evaluate(read, exact)["length"].values.tolist() == [1600]
    assert task.batch(read).inputs.shape == (1, 16, 2)


@pytest.mark.parametrize("suffix", [".txt", ".npz"])
def test_labelled_instances_survive_a_file(tmp_path, suffix):
    labelled = TASK.label(TASK.generate(6, 5, seed=1, distribution="clustered"))
    TASK.formats.write(labelled, tmp_path / f"a{suffix}")
    read = TASK.formats.read(tmp_path / f"a{suffix}")
    assert (read.inputs == labelled.inputs).all()
    assert (read.solutions == labelled.solutions).all()


def test_coordinates_whose_lengths_would_overflow_are_refused(tmp_path):
    path = tmp_path / "far.csv"
    path.write_text("0,0\n1e200,1\n3,-1e200\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"far\.csv has a coordinate beyond 1e\+150"):
        TASK.formats.check(TASK.formats.read(path))
