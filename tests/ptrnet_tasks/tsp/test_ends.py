"""Which cities an answer shall begin and end with, in all the ways to say it."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.tsp.ends import FREE, Ends

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError


def towns(*labels: list[str] | None) -> Instances:
    points = [np.arange(8.0).reshape(4, 2) for _ in labels]
    return Instances(points, columns={"labels": list(labels)}, source="towns.csv")


def test_numbers_count_from_0_and_words_are_names_or_else_such_numbers():
    instances = towns(None, ["Ulm", "Aue", "2", "Bad Tölz"])
    assert Ends(True, 2).cities(instances).tolist() == [[2, FREE], [2, FREE]]
    assert Ends(start="2").cities(instances).tolist() == [[2, FREE], [2, FREE]]
    assert Ends(start="1").cities(instances).tolist() == [[1, FREE], [1, FREE]]
    named = instances.subset([1])
    assert Ends(start="Bad Tölz", end="0").cities(named).tolist() == [[3, 0]]


@pytest.mark.parametrize(
    ("city", "message"),
    [
        ("4", "'4'; accepted are 0 to 3, and names such as 'Ulm'"),
        ("-1", "'-1'; accepted are 0 to 3, and names such as 'Ulm'"),
        ("Köln", "'Köln'; accepted are 0 to 3, and names such as 'Ulm'"),
        (4, "4; accepted are 0 to 3"),
        ("²", "accepted are"),
    ],
)
def test_a_city_that_is_not_there_is_named_with_those_that_are(city, message):
    instances = towns(["Ulm", "Aue", "Hof", "Rom"])
    with pytest.raises(InputError, match=message) as told:
        Ends(start=city).cities(instances)
    assert "towns.csv" in str(told.value)


@pytest.mark.parametrize("city", [True, -1, 1.5, [1]])
def test_what_is_no_city_is_refused_at_once(city):
    with pytest.raises(InputError, match="is no city"):
        Ends(start=city)


def test_a_path_cannot_end_where_it_begins():
    with pytest.raises(InputError, match="cannot begin and end in the same city, 'Ulm'"):
        Ends(True, "Ulm", "0").cities(towns(["Ulm", "Aue", "Hof", "Rom"]))


def test_an_end_makes_a_path_and_a_start_alone_does_not():
    assert Ends(end=0).open
    assert not Ends(start=0).open
    assert [Ends(True, *pair).fixed for pair in [(None, None), (0, None), (0, 1)]] == [0, 1, 2]
    assert Ends(start=3).fixed == 0


def test_a_path_is_as_long_as_its_edges_and_counts_only_with_its_ends():
    instances = Instances(np.array([[[0.0, 0], [3, 0], [3, 4], [0, 4]]] * 4))
    answers = [[0, 1, 2, 3], [1, 0, 2, 3], [0, 2, 1, 3], [0, 1, 1, 3]]
    free = Ends(True).lengths(instances, answers)
    assert free == pytest.approx([10, 11, 14, np.nan], nan_ok=True)
    fixed = Ends(True, 0, 3).lengths(instances, answers)
    assert fixed == pytest.approx([10, np.nan, 14, np.nan], nan_ok=True)
    assert Ends(start=2).lengths(instances, answers)[:3] == pytest.approx([14, 16, 18])


def test_lengths_of_directed_distances_follow_the_direction():
    matrix = np.array([[0, 1, 9], [9, 0, 1], [1, 9, 0]])
    instances = Instances([np.empty((3, 0))] * 2, columns={"distances": [matrix, matrix]})
    assert Ends().lengths(instances, [[0, 1, 2], [2, 1, 0]]).tolist() == [3, 27]
    assert Ends(True).lengths(instances, [[0, 1, 2], [2, 1, 0]]).tolist() == [2, 18]
