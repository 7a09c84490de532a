"""Points in JSON and GeoJSON."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ptrnet_tasks.points.files import read_point_file

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

POINTS = [[1.5, 2.0], [3.0, 4.0], [5.0, 7.0]]
TOWNS = ["Nord", "Hafen", "Tor"]


def read(folder: Path, document: Any, name: str = "points.json") -> Instances:
    path = folder / name
    text = document if isinstance(document, str) else json.dumps(document)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return read_point_file(path)


def feature(position: list[float], **facts: Any) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": position}
    return {"type": "Feature", "properties": facts, "geometry": place}


COLLECTION = {
    "type": "FeatureCollection",
    "features": [
        feature([longitude, latitude, 120.0], name=name)
        for (latitude, longitude), name in zip(POINTS, TOWNS, strict=True)
    ],
}


@pytest.mark.parametrize("name", ["points.json", "points.txt", "points.JSON", "points.json.gz"])
@pytest.mark.parametrize(
    "document",
    [
        POINTS,
        {"points": POINTS},
        [{"x": x, "y": y} for x, y in POINTS],
        [{"Y": str(y), "X": str(x), "people": 9} for x, y in POINTS],
    ],
)
def test_pairs_and_objects_are_points_of_a_plane(tmp_path, document, name):
    instances = read(tmp_path, document, name)
    assert np.asarray(instances.inputs).tolist() == [POINTS]
    assert "labels" not in instances.columns


@pytest.mark.parametrize(
    ("document", "labels"),
    [
        (COLLECTION, TOWNS),
        ({**COLLECTION, "features": [feature([y, x]) for x, y in POINTS]}, None),
        ({"type": "MultiPoint", "coordinates": [[y, x] for x, y in POINTS]}, None),
        (
            [
                {"lat": x, "lon": y, "name": town}
                for (x, y), town in zip(POINTS, TOWNS, strict=True)
            ],
            TOWNS,
        ),
        ([{"lng": y, "latitude": x, "id": n} for n, (x, y) in enumerate(POINTS, 7)], list("789")),
        (
            {
                "type": "FeatureCollection",
                "features": [{**feature([y, x]), "id": 40 + n} for n, (x, y) in enumerate(POINTS)],
            },
            ["40", "41", "42"],
        ),
    ],
)
def test_positions_on_the_earth_keep_degrees_and_names(tmp_path, document, labels):
    instances = read(tmp_path, document)
    assert instances.columns["degrees"][0].tolist() == POINTS
    assert instances.columns.get("labels") == (None if labels is None else [labels])
    assert np.asarray(instances.inputs)[0, :, 1].tolist() == [latitude for latitude, _ in POINTS]


def test_lists_of_lists_are_several_instances(tmp_path):
    assert np.asarray(read(tmp_path, [POINTS, POINTS]).inputs).tolist() == [POINTS, POINTS]
    mixed = read(tmp_path, [POINTS, POINTS[:2]])
    assert mixed.sizes().tolist() == [3, 2]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("[[1, 2], [3", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[[1, " + "9" * 5000 + "]]", "is not JSON"),
        ([], "holds no list of points"),
        (7, "holds no list of points"),
        ([[1, 2], [3]], r"point 2 is \[3\]; accepted are a list of \[x, y\]"),
        ([[1, 2], [3, 4, 5]], r"point 2 is \[3, 4, 5\]"),
        ([[1, 2], [3, True]], "point 2 is"),
        ([[1, 2], [3, None]], "point 2 is"),
        ([[1, 2], [3, 10**400]], "point 2 is"),
        ("[[1, 2], [3, NaN]]", "point 2 is"),
        ([[1, 2], [3, "b"]], "point 2 is"),
        ([[[1, 2]], 3], "holds 3 among lists"),
        ([[[1, 2]], [[3]]], r"instance 2, point 1 is \[3\]"),
        ([{"x": 1, "y": 2}, {"x": 3}], "point 2 is"),
        ([{"x": 1, "height": 2}], "names x, height; accepted"),
        ([{"lat": 99, "lon": 2}], "point 1 has the latitude 99"),
        ({"type": "LineString", "coordinates": [[1, 2]]}, '"LineString", which is no point'),
        ({"type": "FeatureCollection", "features": []}, "holds no points"),
        ({"type": "FeatureCollection", "features": [feature([1, 2]), None]}, "feature 2 is null"),
        ({"type": "Feature", "properties": None, "geometry": None}, "feature 1 is null"),
        ({"type": "Point", "coordinates": "7, 8"}, 'feature 1 is "7, 8"'),
        ({"a": 1}, "feature 1 is null, which is no point"),
    ],
)
def test_other_documents_are_refused_naming_the_item(tmp_path, document, message):
    with pytest.raises(InputError, match=message) as raised:
        read(tmp_path, document)
    assert str(tmp_path / "points.json") in str(raised.value)
    assert "\n" not in str(raised.value)
