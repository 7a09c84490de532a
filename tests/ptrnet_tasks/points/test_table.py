"""A table of one's own points, read by the tasks of the plane."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.registry import load_task

POINTS = [[0.5, 1.2], [3.1, -0.4], [2.2, 29.0]]


@pytest.mark.parametrize("task", ["tsp", "convex_hull"])
@pytest.mark.parametrize(
    "text",
    [
        "0.5,1.2\n3.1,-0.4\n2.2,29\n",
        "x;y\n0.5; 1.2\n3.1; -0.4\n\n2.2; 29",
        "\ufeffeast\tnorth\r\n0.5\t1.2\r\n3.1\t-0.4\r\n2.2\t2.9e1\r\n",
        " 0.5   1.2\n3.1 -0.4\n2.2 29\n",
    ],
)
def test_a_table_of_points_is_one_instance(task: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_text(text, encoding="utf-8")
    read = load_task(task).formats.read(path)
    assert len(read) == 1
    assert read.solutions is None
    np.testing.assert_array_equal(np.asarray(read.inputs[0]), POINTS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1,2\n3\n", "line 2 is '3'; two numbers"),
        ("1,2\n3,4,5\n", "line 2 is '3,4,5'"),
        ("1,2\nfour,5\n", "line 2 is 'four,5'"),
        ("x,y\n", "holds no points"),
        ("4o.5,1\n1,2\n3,4\n", "line 1 is '4o.5,1'"),
        ("1,0.5,2\n", "line 1 is '1,0.5,2'"),
        ("x,y\n1,nan\n", "line 2 is '1,nan'"),
        ("name,x,y\na,1,2\nb,3\n", "line 3 is 'b,3'; two numbers"),
        ("x,y\n54,3,10,1\n", "line 2 is '54,3,10,1'"),
        ("1_0,2\n3,4\n", "line 1 is '1_0,2'"),
        ("54,3 10,1\n53,5 9,9\n", "line 1 is '54,3 10,1'"),
        ("1;2,5\n1;2.5\n", "a decimal point and others with a comma"),
        ("lat;x\n1;2\n", "has the columns 'lat, x'; accepted are x and y, or lat and lon"),
        ("x,y,z\n1,2,3\n", "accepted are points of a plane, without z"),
        ("a,b,c\n1,2,3\n4,5,6\n", "has the columns 'a, b, c'; accepted are x and y"),
        ("lat,lon\n1,2\n91,3\n", "point 2 has the latitude 91; accepted are degrees"),
        ("lat,lon\n1,2\n9,-361\n", "point 2 has the longitude -361"),
    ],
)
def test_a_line_without_two_numbers_is_named(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"shops\.csv") as raised:
        load_task("tsp").formats.read(path)
    assert told in str(raised.value)


def test_a_table_in_another_encoding_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_bytes("länge,breite\n1,2\n3,4\n5,6\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"shops\.csv is not a text file of points"):
        load_task("tsp").formats.read(path)


DEGREES = [[54.3233, 10.1228], [53.5511, 9.9937], [52.52, 13.405], [51.0504, 13.7373]]
NAMES = ["Nord", "Am Hafen", "Tor, West", "Elbe"]


def table(columns: list[list[str]], header: list[str] | None, separator: str, quote: bool) -> str:
    """The columns as a table, in quotation marks where asked for and where they are needed."""
    rows = ([header] if header else []) + [list(row) for row in zip(*columns, strict=True)]

    def dressed(cell: str) -> str:
        return f'"{cell}"' if quote or separator in cell else cell

    return "\n".join(separator.join(map(dressed, row)) for row in rows)


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
@pytest.mark.parametrize("quote", [False, True])
@pytest.mark.parametrize("comma", [False, True])
@pytest.mark.parametrize("named", [None, "name", "id", "both"])
@pytest.mark.parametrize("header", [None, ("x", "y"), ("Longitude", "LAT"), ("lng", "lat [deg]")])
def test_tables_in_every_dress_hold_the_same_points(
    separator: str,
    quote: bool,
    comma: bool,
    named: str | None,
    header: tuple[str, str] | None,
    tmp_path: Path,
) -> None:
    # Without quotation marks, `1,2 3,4` may be two points and may be one.
    quote = quote or (comma and separator in ", ")
    numbers = [[str(value) for value in row] for row in DEGREES]
    first, second = ([row[axis] for row in numbers] for axis in (0, 1))
    turned = header is not None and header != ("x", "y")
    columns = [second, first] if turned else [first, second]
    if comma:
        columns = [[cell.replace(".", ",") for cell in column] for column in columns]
    names = None if header is None else list(header)
    ids = [str(number) for number in range(1, 5)]
    if named in ("name", "both"):
        columns, names = [NAMES, *columns], None if names is None else ["Name", *names]
    if named in ("id", "both"):
        columns, names = [ids, *columns], None if names is None else ["id", *names]
    path = tmp_path / "towns.csv"
    path.write_text(table(columns, names, separator, quote), encoding="utf-8")
    read = load_task("tsp").formats.read(path)
    known = read.columns["degrees"] if turned else read.inputs
    np.testing.assert_array_equal(np.asarray(known[0]), DEGREES)
    labels = {None: None, "name": NAMES, "id": ids, "both": NAMES}[named]
    assert read.columns.get("labels") == (None if labels is None else [labels])


def test_ids_of_any_kind_under_a_header_are_what_points_are_called(tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_text("key,x,y,open\nB7,1,2,yes\nA1,3,4,no\n,5,7,\n", encoding="utf-8")
    read = load_task("tsp").formats.read(path)
    assert read.columns["labels"] == [["B7", "A1", "2"]]
    told = load_task("tsp").presenter.describe(read, 0, np.array([0, 2, 1]))
    assert told.endswith("tour B7 2 A1")


def test_a_data_frame_s_index_and_columns_of_other_things_are_no_coordinates(
    tmp_path: Path,
) -> None:
    path = tmp_path / "shops.csv"
    path.write_text(",people,y,x\n10,7,1.5,2\n20,9,3,4\n", encoding="utf-8")
    read = load_task("tsp").formats.read(path)
    np.testing.assert_array_equal(np.asarray(read.inputs[0]), [[2, 1.5], [4, 3]])
    assert read.columns["labels"] == [["10", "20"]]
    assert read.notes == ()


def test_columns_of_unknown_names_are_read_as_a_plane_with_a_word(tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_text("breite;shop;länge\n54,3;Nord;10,1\n53,5;Hafen;9,9\n", encoding="utf-8")
    read = load_task("tsp").formats.read(path)
    np.testing.assert_array_equal(np.asarray(read.inputs[0]), [[54.3, 10.1], [53.5, 9.9]])
    assert read.columns["labels"] == [["Nord", "Hafen"]]
    assert read.notes == (
        "the columns 'breite' and 'länge' are read as x and y of a plane; "
        "degrees are named lat and lon",
    )


def test_latitudes_are_measured_on_the_earth_and_seen_on_a_map(tmp_path: Path) -> None:
    path = tmp_path / "towns.csv"
    lines = "\n".join(f"{latitude},{longitude}" for latitude, longitude in DEGREES)
    path.write_text(f"# lat, lon\n{lines}\n", encoding="utf-8")
    task = load_task("tsp")
    read = task.formats.read(path)
    task.formats.check(read)
    assert "seen on a map" in read.notes[0]
    assert "great-circle kilometres" in read.notes[1]
    assert "6371.0088" in read.notes[1]
    # Kiel to Hamburg and Berlin to Dresden, as maps have them.
    matrix = read.columns["distances"][0].matrix()
    assert matrix[0, 1] == pytest.approx(86.3, abs=0.1)
    assert matrix[2, 3] == pytest.approx(165, abs=1)
    seen = np.asarray(read.inputs[0])
    scale = np.cos(np.radians(np.mean(DEGREES, 0)[0]))
    np.testing.assert_allclose(seen[:, 0], np.array(DEGREES)[:, 1] * scale)
    assert "km; tour 0 1 2 3" in task.presenter.describe(read, 0, np.arange(4))
    hull = load_task("convex_hull").formats.read(path)
    np.testing.assert_array_equal(np.asarray(hull.inputs[0]), seen)
    assert hull.notes == read.notes[:1]
