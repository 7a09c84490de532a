"""Distances as the TSPLIB manual rounds them."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.tsp import distances
from ptrnet_tasks.tsp.distances import Distances, tour_lengths

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.memory import VARIABLE


def test_rounding_follows_the_manual():
    corner = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 1.5]])
    known = {"EUC_2D": (1, 3), "CEIL_2D": (2, 3), "MAN_2D": (2, 4), "MAX_2D": (1, 2), "ATT": (1, 1)}
    for rule, (near, far) in known.items():
        measure = Distances(rule, corner)
        assert measure.matrix()[0].tolist() == [0, near, far]
        assert measure.integer


def test_att_distances_are_rounded_up_as_the_manual_s_pseudo_code_does():
    points = np.random.default_rng(0).integers(0, 5000, (60, 2)).astype(float)
    matrix = Distances("ATT", points).matrix()
    for first, second in ((0, 1), (5, 9), (20, 44)):
        exact_distance = np.sqrt(((points[first] - points[second]) ** 2).sum() / 10.0)
        rounded = int(exact_distance + 0.5)
        assert matrix[first, second] == (rounded + 1 if rounded < exact_distance else rounded)


def test_a_large_instance_is_measured_without_a_matrix():
    cities = np.random.default_rng(0).random((20_000, 2)) * 1e5
    measure = Distances("EUC_2D", cities)
    instances = Instances([cities], columns={"distances": [measure]})
    assert tour_lengths(instances, [np.arange(20_000)])[0] > 1e8


def test_a_matrix_made_row_by_row_is_whole_and_beyond_memory_refused(monkeypatch):
    measure = Distances("EUC_2D", np.random.default_rng(0).random((40, 2)) * 1000)
    whole = measure.matrix()
    monkeypatch.setattr(distances, "_PAIRS_AT_ONCE", 100)
    assert (measure.matrix() == whole).all()
    assert (whole == whole.T).all()
    assert not np.diagonal(whole).any()
    monkeypatch.setenv(VARIABLE, "20e3")
    with pytest.raises(InputError, match="the matrix of the distances of 40 cities needs about"):
        measure.matrix()
