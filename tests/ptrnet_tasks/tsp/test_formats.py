"""The samples in tests/data, read by the tasks they are for: formats work on any clone."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.task.registry import load_task
from tests.locations import SAMPLES


def test_official_hull_lines_hold_the_hulls_of_their_points():
    task = load_task("convex_hull")
    read = task.formats.read(SAMPLES / "hulls.txt")
    assert read.sizes().tolist() == [5, 5, 6]
    assert [list(answer) for answer in read.solutions] == [[0, 1, 3, 4], [1, 2, 3], [0, 1, 2, 3]]
    found = task.references()["scipy"].solve(read)
    assert task.evaluate(read, found)["exact"].values.tolist() == [1, 1, 1]


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


def test_numbers_come_with_the_order_in_the_file_beside_them():
    read = load_task("sorting").formats.read(SAMPLES / "x_numbers.csv")
    assert [list(order) for order in read.solutions] == [[1, 0, 2], [3, 1, 2, 0]]
    for values, order in zip(read.inputs, read.solutions, strict=True):
        assert (np.diff(values[order, 0]) > 0).all()


def test_text_comes_with_all_targets_of_a_source():
    read = load_task("text").formats.read(SAMPLES / "words.tsv")
    assert list(read.inputs) == ["abc", "to"]
    assert [list(targets) for targets in read.solutions] == [["cba"], ["ot", "t o"]]
