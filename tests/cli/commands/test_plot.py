"""`ptrnet plot`: instances of a file, curves of runs, and recorded results."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.image import imread

from ptrnet_suite.cli.commands.plot import training_picture
from ptrnet_suite.studies.recorded import recorded_picture
from tests.studies.result_files import diagnosed, drawn, evaluated

GENERATE = ("--size", "6", "--count", "5", "--seed", "3")
COUNT = ("--count", "20", "--seed", "3")
LINES = [
    {"step": 50, "loss": 2.0, "learning_rate": 1e-3, "gradient_norm": 3.0, "seconds": 1.0},
    {"step": 100, "loss": 1.0, "learning_rate": 5e-4, "gradient_norm": 1.0, "seconds": 2.0},
    {"step": 100, "seconds": 2.0, "validation": {"exact": 0.25}},
]


def test_instances_of_a_file_are_drawn_with_their_solutions(tmp_path, ptrnet):
    points, picture = tmp_path / "hulls.npz", tmp_path / "hulls.png"
    assert ptrnet("data", "convex_hull", *GENERATE, "--out", points).code == 0
    ran = ptrnet("plot", "data", "convex_hull", points, "--out", picture)
    assert (ran.code, ran.out.strip()) == (0, str(picture))
    several = imread(picture)
    ptrnet("plot", "data", "convex_hull", points, "--limit", "1", "--out", picture)
    assert several.std() > 0.01
    assert several.shape[1] > imread(picture).shape[1]


def test_runs_are_drawn_beside_each_other(tmp_path, ptrnet):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        lines = "".join(json.dumps(line) + "\n" for line in LINES)
        (tmp_path / name / "metrics.jsonl").write_text(lines)
    assert ptrnet("plot", tmp_path / "one").code == 0
    assert imread(tmp_path / "one" / "curves.png").std() > 0.01
    both = tmp_path / "both.svg"
    assert ptrnet("plot", tmp_path / "one", tmp_path / "two", "--out", both).code == 0
    assert b"<svg" in both.read_bytes()


def test_a_run_keeps_its_colour_in_every_panel():
    one = {"loss": {"x": [1, 2], "y": [2.0, 1.0]}}
    two = {"loss": {"x": [1, 2], "y": [3.0, 1.0]}, "validation per": {"x": [2], "y": [0.5]}}
    figure = training_picture({"one": one, "two": two})
    losses, rates = figure.axes
    assert losses.lines[1].get_ydata().tolist() == [3.0, 1.0]
    assert rates.lines[1].get_ydata().tolist() == [0.5]
    assert losses.lines[0].get_color() != losses.lines[1].get_color() == rates.lines[1].get_color()
    (legend,) = figure.legends
    colours = [line.get_color() for line in legend.get_lines()]
    assert [text.get_text() for text in legend.get_texts()] == ["one", "two"]
    assert colours == [line.get_color() for line in losses.lines]


def test_a_run_without_steps_yet_is_told_in_one_line(tmp_path, ptrnet):
    (tmp_path / "metrics.jsonl").write_text("")
    ran = ptrnet("plot", tmp_path)
    assert (ran.code, ran.err.count("\n")) == (2, 1)


def test_what_evaluate_writes_can_be_drawn_by_size_and_by_length(
    checkpoints, tmp_path, ptrnet
) -> None:
    given = ("--checkpoint", checkpoints["sorting"], "--by-length", "6")
    paths = []
    for size in (5, 7):
        data, path = tmp_path / f"{size}.npz", tmp_path / f"{size}.json"
        assert ptrnet("data", "sorting", "--size", str(size), *COUNT, "--out", data).code == 0
        assert ptrnet("evaluate", "sorting", "--data", data, *given, "--json", path).code == 0
        assert json.loads(path.read_text())["sizes"] == [size, size]
        paths.append(path)
    for by in ("size", "length"):
        out = tmp_path / f"{by}.png"
        ran = ptrnet("plot", *paths, "--by", by, "--out", out)
        assert (ran.code, ran.out.strip()) == (0, str(out))
        assert imread(out).std() > 0.01
    lines = drawn(recorded_picture(paths, "size", "token_accuracy"))
    values = [json.loads(path.read_text())["metrics"]["token_accuracy"]["value"] for path in paths]
    np.testing.assert_allclose(lines["greedy"][:, 1], 100 * np.array(values))


@pytest.mark.parametrize(
    ("content", "words", "told"),
    [
        ("{", (), "is no JSON"),
        ("[1]", (), "holds a list; a JSON object is needed"),
        ('{"title": "a comparison"}', (), "holds nothing to draw"),
        ('{"metrics": {}, "search": "greedy"}', (), "other.json: data is missing"),
        ("{evaluated}", ("--metric", "colour"), "there is no metric to draw by"),
        ("{evaluated}", ("--only", "nowhere"), "0 panels cannot be drawn"),
        ("{evaluated}", ("--by", "length"), "tells nothing by length"),
        ("{unsized}", ("--by", "size"), "does not tell the size"),
        ("{diagnosed}", ("--by", "size"), "are for figures"),
        ("{evaluated}", ("{diagnosed}",), "different kinds"),
        ("{evaluated}", ("{folder}",), "cannot share a picture"),
        ("{folder}", ("--by", "size"), "not for training runs"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_one_line(content, words, told, tmp_path, ptrnet) -> None:
    files = {
        "{evaluated}": evaluated(tmp_path),
        "{unsized}": evaluated(tmp_path, sizes=None),
        "{diagnosed}": tmp_path / "diagnosed.json",
        "{folder}": tmp_path,
    }
    files["{diagnosed}"].write_text(json.dumps(diagnosed()))
    other = tmp_path / "other.json"
    other.write_text(content)
    given = [files.get(word, word) for word in words]
    out = tmp_path / "picture.png"
    ran = ptrnet("plot", files.get(content, other), *given, "--out", out)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert told in ran.err
    assert not out.exists()


def test_result_files_need_a_name_for_their_picture(tmp_path, ptrnet) -> None:
    path = evaluated(tmp_path)
    ran = ptrnet("plot", path)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "--out" in ran.err
    assert list(tmp_path.iterdir()) == [path]
