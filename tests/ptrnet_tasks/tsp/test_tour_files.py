"""Tours are written so that other programs, and this one, read them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.tsp.distances import tour_lengths
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.concatenation import merged
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.answer import ScoredAnswer
from tests.ptrnet_tasks.tsp.tsplib_files import explicit, file_of

TASK = TravellingSalesman()
TOWNS = "name,lat,lon\nBad Urach,48.49,9.40\nUlm,48.40,9.99\nAalen,48.84,10.09\nCalw,48.71,8.74\n"


def best(tour: list[int]) -> list[ScoredAnswer]:
    return [ScoredAnswer(np.array(tour), -0.5), ScoredAnswer(np.array(tour[::-1]), -1.5)]


@pytest.mark.parametrize("first", [0, 1, 5])
def test_a_tour_file_beside_its_instance_is_read_back_as_the_reference(tmp_path, first):
    points = np.random.default_rng(0).integers(0, 999, (6, 2))
    nodes = "\n".join(f"{city} {x} {y}" for city, (x, y) in enumerate(points.tolist(), first))
    text = f"DIMENSION: 6\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n{nodes}\n"
    path = file_of(tmp_path, text)
    tour = [3, 1, 5, 0, 2, 4]
    read = TASK.formats.read(path)
    TASK.formats.write_answers(read, [best(tour)], tmp_path / "small.tour")
    lines = (tmp_path / "small.tour").read_text().splitlines()
    length = tour_lengths(read, [tour])[0]
    told = f"COMMENT : Length = {length:.0f}"
    assert lines[:4] == ["NAME : small", told, "TYPE : TOUR", "DIMENSION : 6"]
    assert lines[4:] == ["TOUR_SECTION", *(str(city + first) for city in tour), "-1", "EOF"]
    again = TASK.formats.read(path)
    assert again.solutions[0].tolist() == tour
    assert again.notes == ()


def test_a_real_length_is_written_with_all_its_digits(tmp_path):
    text = explicit("UPPER_ROW", [1 / 3, 2 / 3, 1 / 7, 5 / 7, 1 / 11, 1 / 13], 4)
    path = file_of(tmp_path, text)
    answers = [[ScoredAnswer(np.array([0, 3, 2, 1]))]]
    TASK.formats.write_answers(TASK.formats.read(path), answers, tmp_path / "small.tour")
    assert TASK.formats.read(path).notes == ()


def test_a_table_has_a_line_for_each_city_of_each_answer(tmp_path):
    points = np.random.default_rng(0).random((2, 4, 2))
    answers = [best([0, 2, 1, 3]), [ScoredAnswer(np.array([0, 1, 2, 3]), -2.0)]]
    TASK.formats.write_answers(Instances(points), answers, tmp_path / "tours.csv")
    with (tmp_path / "tours.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 12
    assert [row["position"] for row in rows[:4]] == ["0", "2", "1", "3"]
    told = [(row["instance"], row["rank"]) for row in rows[::4]]
    assert told == [("1", "1"), ("1", "2"), ("2", "1")]
    assert {float(row["log_probability"]) for row in rows} == {-0.5, -1.5, -2.0}
    for row in rows:
        x, y = points[int(row["instance"]) - 1, int(row["position"])]
        assert (float(row["x"]), float(row["y"])) == (x, y)
        assert row["label"] == row["position"]


def test_names_and_degrees_are_written_as_they_were_brought(tmp_path):
    read = TASK.formats.read(file_of(tmp_path, TOWNS, "towns.csv"))
    tour = np.arange(4)
    answers = [[ScoredAnswer(tour)]]
    TASK.formats.write_answers(read, answers, tmp_path / "tour.csv")
    text = (tmp_path / "tour.csv").read_text().splitlines()
    assert text[0] == "instance,rank,step,position,label,lat,lon"
    assert text[1] == "1,1,0,0,Bad Urach,48.49,9.4"
    TASK.formats.write_answers(read, answers, tmp_path / "tour.geojson")
    (feature,) = json.loads((tmp_path / "tour.geojson").read_text())["features"]
    line = feature["geometry"]["coordinates"]
    assert feature["geometry"]["type"] == "LineString"
    assert line[0] == line[-1] == [9.4, 48.49]
    assert len(line) == 5
    assert feature["properties"]["labels"] == ["Bad Urach", "Ulm", "Aalen", "Calw"]
    assert feature["properties"]["length"] == tour_lengths(read, [tour])[0]
    TASK.formats.write_answers(read, answers, tmp_path / "tour.tour")
    assert "TOUR_SECTION\n1\n2\n3\n4\n-1" in (tmp_path / "tour.tour").read_text()
    told = TASK.presenter.describe(read, 0, tour)
    assert told.endswith("; tour Bad Urach, Ulm, Aalen, Calw")


def test_answers_to_several_files_are_written_together_where_their_points_are_alike(tmp_path):
    towns = TASK.formats.read(file_of(tmp_path, TOWNS, "towns.csv"))
    plane = Instances(np.random.default_rng(0).random((1, 4, 2)))
    answers = [[ScoredAnswer(np.arange(4))], [ScoredAnswer(np.arange(4))]]
    TASK.formats.write_answers(merged([towns, towns]), answers, tmp_path / "both.geojson")
    assert len(json.loads((tmp_path / "both.geojson").read_text())["features"]) == 2
    for suffix, message in ((".csv", "or x and y, not both"), (".geojson", "other points")):
        with pytest.raises(InputError, match=message):
            TASK.formats.write_answers(merged([towns, plane]), answers, tmp_path / f"a{suffix}")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.tour", "tour of one instance, not of 2; accepted for several: .csv"),
        ("a.geojson", "longitudes and latitudes alone"),
        ("a.xlsx", r"'\.xlsx'; accepted: \.tour, \.csv, \.geojson"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str, message: str
):
    instances = Instances(np.random.default_rng(0).random((2, 4, 2)))
    answers = [best([0, 1, 2, 3])] * 2
    with pytest.raises(InputError, match=message):
        TASK.formats.write_answers(instances, answers, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_path_is_written_as_one_that_does_not_go_back(tmp_path):
    (tmp_path / "towns.csv").write_text(TOWNS)
    task = TASK.with_ends(start="Ulm", end="Calw")
    read = task.formats.read(tmp_path / "towns.csv")
    answers = [[ScoredAnswer(task.references()["exact"].solve(read)[0])]]
    task.formats.write_answers(read, answers, tmp_path / "path.geojson")
    line = json.loads((tmp_path / "path.geojson").read_text())["features"][0]
    assert line["properties"]["labels"] == ["Ulm", "Aalen", "Bad Urach", "Calw"]
    assert len(line["geometry"]["coordinates"]) == 4
    expected = task.ends.lengths(read, [answers[0][0].answer])[0]
    assert line["properties"]["length"] == pytest.approx(expected)
    assert expected < tour_lengths(read, [answers[0][0].answer])[0]
    task.formats.write_answers(read, answers, tmp_path / "path.tour")
    comment = (tmp_path / "path.tour").read_text().splitlines()[1]
    assert comment.endswith("of the path from the first city to the last")
