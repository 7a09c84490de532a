"""Files of tours, the samples among them: formats work on any clone."""

from __future__ import annotations

from pathlib import Path

import pytest
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.cli.main import main
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


def tsplib(rule: str, rows: str, first: int = 1, **header: str) -> str:
    """A TSPLIB file of rows of coordinates, separated by commas."""
    nodes = [f"{number} {row}" for number, row in enumerate(rows.split(", "), first)]
    entries = {"TYPE": "TSP", "DIMENSION": str(len(nodes)), "EDGE_WEIGHT_TYPE": rule, **header}
    lines = [f"{key} : {value}" for key, value in entries.items()]
    return "\n".join([*lines, "NODE_COORD_SECTION", *nodes, "EOF", ""])


TOWNS = "Nord,54.32,10.12\nHafen,53.55,9.99\nTor,52.52,13.41\nElbe,51.05,13.74\nDom,50.94,6.96\n"
CORNERS = "0 0, 30 0, 30 40, 0 40"
BROUGHT = {
    # name: content, what the answer says (either way round), what the note says
    "geo.tsp": (
        tsplib("GEO", "48.12 11.34, 48.12 11.34, 52.3 13.24, 53.33 10, 50.56 6.57, 50.56 6.57"),
        "length 1,565, gap 0.00% to exact (1,565)",
        "",
    ),
    "unit.tsp": (
        tsplib("EUC_2D", "0.1 0.1, 0.5 0.1, 0.5 0.4, 0.1 0.4"),
        "length 0 (1.4 before rounding), gap 0.00%",
        "EUC_2D rounds every distance to a whole number",
    ),
    "towns.csv": (
        f"name,lat,lon\n{TOWNS}",
        "km); tour Nord Tor Elbe Dom Hafen|km); tour Nord Hafen Dom Elbe Tor",
        "great-circle",
    ),
    "towns.tsv": (
        "lon\tlat\n" + "\n".join("\t".join(row.split(",")[:0:-1]) for row in TOWNS.split()),
        "km); tour 0 2 3 4 1|km); tour 0 1 4 3 2",
        "great-circle",
    ),
    "ids.csv": ("id,x,y\n7,0,0\n8,30,0\n9,30,40\n10,0,40\n", "length 140, gap", ""),
    "quoted.csv": ('"x","y"\n"0","0"\n"30","0"\n"30","40"\n"0","40"\n', "length 140, gap", ""),
    "commas.csv": ("x;y\n0,0;0,5\n30,0;0,5\n30,0;40,5\n0,0;40,5\n", "length 140, gap", ""),
    "matrix.csv": ("0,3,5,4\n3,0,4,5\n5,4,0,3\n4,5,3,0\n", "length 14, gap 0.00%", ""),
    "directed.csv": ("0,1,9,9\n9,0,1,9\n9,9,0,1\n1,9,9,0\n", "length 4, gap 0.00%", ""),
    "zero.TSP": (tsplib("EUC_2D", CORNERS, first=0), "length 140, gap 0.00% to exact", ""),
    "lower.txt": (tsplib("EUC_2D", CORNERS).lower(), "length 140, gap 0.00% to exact", ""),
    "minus.tsp": (
        tsplib("EUC_2D", CORNERS).replace("EOF", "-1\nEOF"),
        "length 140, gap 0.00% to exact",
        "",
    ),
    "space.tsp": (
        tsplib("EUC_3D", "0 0 0, 30 0 0, 30 0 40, 0 0 40", NODE_COORD_TYPE="THREED_COORDS"),
        "length 140, gap 0.00% to exact",
        "",
    ),
    "points.json": ("[[0, 0], [30, 0], [30, 40], [0, 40]]", "length 140, gap 0.00% to exact", ""),
    "points.geojson": (
        '{"type": "MultiPoint", "coordinates": [[0, 0], [1, 0], [1, 1], [0, 1]]}',
        "length 444.763 km, gap 0.00%",
        "great-circle",
    ),
}


@pytest.mark.parametrize("name", BROUGHT)
def test_what_people_bring_is_answered_from_the_command_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, answer, note = BROUGHT[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    code = main(["solve", "tsp", str(tmp_path / name), "--solver", "exact"])
    out, err = capsys.readouterr()
    assert code == 0
    told = " ".join(out.split())
    assert any(text in told for text in answer.split("|"))
    assert (note in err) if note else err == ""
    assert "nan" not in out


def test_a_tour_of_lkh_beside_its_instance_is_what_answers_are_held_against(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "four.tsp").write_text(tsplib("EUC_2D", CORNERS))
    (tmp_path / "four.tour").write_text(
        "NAME : four.180.tour\nCOMMENT : Length = 180\nCOMMENT : Found by LKH\nTYPE : TOUR\n"
        "DIMENSION : 4\nTOUR_SECTION\n1\n3\n2\n4\n-1\nEOF\n"
    )
    assert main(["solve", "tsp", str(tmp_path / "four.tsp"), "--solver", "exact"]) == 0
    out, err = capsys.readouterr()
    assert "length 140, gap -22.22% to four.tour (180)" in " ".join(out.split())
    assert err == ""
