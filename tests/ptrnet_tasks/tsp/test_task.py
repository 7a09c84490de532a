"""The travelling salesman from outside."""

from __future__ import annotations

import doctest

import numpy as np
import ptrnet_tasks.tsp.task
import pytest
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.registry import load_task
from tests.locations import SHARED, needs_data

TASK = TravellingSalesman()


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.array([[[0, 0], [1, np.nan], [1, 1]]]), "NaN"),
        (np.zeros((1, 2, 2)), "2 points; at least 3"),
        (np.zeros((1, 4, 3)), "3 columns"),
        (np.full((1, 4, 2), 0.5), "all points in one place"),
        ([np.random.default_rng(0).random((4, 2)), np.zeros((4, 2))], "instance 2 has all points"),
    ],
)
def test_instances_without_an_answer_are_refused_in_one_line(points, message):
    with pytest.raises(InputError, match=message) as caught:
        TASK.formats.check(Instances(points, source="town.txt"))
    assert "town.txt" in str(caught.value)


def test_two_cities_in_one_place_are_a_legal_instance_everywhere():
    points = np.random.default_rng(0).random((1, 6, 2))
    points[0, 3] = points[0, 1]
    instances = Instances(points)
    TASK.formats.check(instances)
    labelled = TASK.label(instances)
    scores = TASK.evaluate(labelled, labelled.solutions)
    assert scores["gap"].values.tolist() == [0.0]
    assert np.isfinite(TASK.batch(labelled, np.random.default_rng(0)).inputs.numpy()).all()


def test_a_size_below_three_cannot_be_generated():
    with pytest.raises(InputError, match="at least 3 points"):
        TASK.generate(2, 5, seed=0)


def test_ends_are_options_that_checkpoints_keep_and_closed_tours_have_none():
    assert TASK.options() == {}
    task = TASK.with_ends(start=2, end="Ulm")
    assert task.options() == {"open": True, "start": 2, "end": "Ulm"}
    assert load_task("tsp", task.options()).options() == task.options()


def test_files_that_paths_are_trained_on_bring_no_closed_tours(tmp_path):
    file = tmp_path / "tours.npz"
    TASK.formats.write(TASK.label(TASK.generate(6, 3, seed=0)), file)
    assert TASK.source(str(file)).solutions is not None
    assert TASK.with_ends(open=True).source(str(file)).solutions is None


def test_the_example_in_the_docstring_is_right():
    assert doctest.testmod(ptrnet_tasks.tsp.task).failed == 0


@needs_data
def test_labels_come_near_concorde_at_50_cities():
    whole = TASK.formats.read(SHARED / "tsp" / "tsp50_concorde_1280.txt").subset(np.arange(40))
    scores = TASK.evaluate(whole, TASK.label(whole).solutions)
    assert scores["gap"].values.mean() < 2e-3
    assert scores["gap"].values.min() > -1e-9
