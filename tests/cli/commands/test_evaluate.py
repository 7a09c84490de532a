"""`ptrnet evaluate`: figures, by length and as a whole, and what they are held against."""

from __future__ import annotations

import hashlib
import json
import re

import numpy as np
import pytest

from ptrnet_suite.task.registry import load_task

WORDS = "CAT\tK AE T\nA\tAH\nREADING\tR EH D IH NG\nUNBELIEVABLE\tAH N B AH L IY V AH B AH L\n"


@pytest.fixture
def words(tmp_path):
    (tmp_path / "words.tsv").write_text(WORDS)
    return tmp_path / "words.tsv"


def test_figures_by_length_are_told_written_and_drawn(words, checkpoints, tmp_path, ptrnet):
    out, picture = tmp_path / "figures.json", tmp_path / "by_length.svg"
    line = ("evaluate", "text", "--data", words, "--checkpoint", checkpoints["text"])
    ran = ptrnet(*line, "--by-length", "3,7", "--json", out, "--plot", picture)
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(out.read_text())["by_length"]
    assert [(one["low"], one["high"], one["count"]) for one in found] == [
        (1, 3, 2), (4, 7, 1), (8, None, 1),
    ]  # fmt: skip
    assert all({"per", "wer", "perplexity"} <= set(one["metrics"]) for one in found)
    assert "8 and more" in ran.out
    assert "<svg" in picture.read_text()[:2000]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--by-length", "3,x"), "whole numbers such as 10,20,30"),
        (("--by-length", "7,3"), "rising whole numbers"),
        (("--plot", "p.png"), "--by-length"),
    ],
)
def test_what_cannot_be_split_is_refused_before_decoding(given, told, words, checkpoints, ptrnet):
    line = ("evaluate", "text", "--data", words, "--checkpoint", checkpoints["text"])
    ran = ptrnet(*line, *given)
    assert ran.code == 2
    assert told in ran.err
    assert ran.out == ""


def test_evaluate_writes_all_that_scripts_rely_on(tours, checkpoints, tmp_path, ptrnet):
    out = tmp_path / "new folder" / "figures.json"
    words = ("evaluate", "tsp", "--data", tours, "--checkpoint", checkpoints["tsp"])
    ran = ptrnet(*words, "--search", "beam:2", "--limit", "12", "--json", out)
    assert (ran.code, ran.err) == (0, "")
    figures = json.loads(out.read_text())
    assert figures["task"] == "tsp"
    assert figures["count"] == 12
    assert set(figures["metrics"]) == {"length", "gap", "optimal", "valid"}
    for found in figures["metrics"].values():
        assert found["low"] <= found["value"] <= found["high"]
    assert figures["metrics"]["gap"]["reference"] == "exact"
    assert figures["metrics"]["valid"]["value"] == 1
    assert figures["seconds"] > 0
    assert figures["instances_per_second"] == pytest.approx(12 / figures["seconds"])
    assert figures["search"] == "beam:2"
    assert figures["checkpoint"]["name"] == "tsp"
    sha256 = hashlib.sha256(checkpoints["tsp"].read_bytes()).hexdigest()
    assert figures["checkpoint"]["sha256"] == sha256
    assert figures["checkpoint"]["parameters"] > 1000
    assert figures["data"]["path"] == str(tours)
    assert figures["data"]["of"] == 20
    assert "12 of the 20 instances of tours.npz, drawn with seed 0" in ran.out
    assert figures["data"]["sha256"] == hashlib.sha256(tours.read_bytes()).hexdigest()
    assert figures["seed"] == 0
    assert figures["threads"] >= 1
    assert figures["versions"]["torch"].startswith("2.")
    assert {"device", "command"} <= set(figures)
    assert "gap" in ran.out


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("--search", "sample:2", "--seed", "4"), ("--search", "sample:2", "--seed", "4")),
        (("--batch-size", "20"), ("--batch-size", "7")),
    ],
    ids=["same seed", "other batches"],
)
def test_the_same_figures_come_again(first, second, tours, checkpoints, tmp_path, ptrnet):
    words = ("evaluate", "tsp", "--data", tours, "--checkpoint", checkpoints["tsp"])
    found = []
    for options in (first, second):
        assert ptrnet(*words, *options, "--json", tmp_path / "figures.json").code == 0
        found.append(json.loads((tmp_path / "figures.json").read_text())["metrics"])
    assert found[0] == found[1]


def test_the_shipped_checkpoint_that_suits_the_size_is_taken(
    tours, checkpoints, monkeypatch, tmp_path, ptrnet
):
    monkeypatch.setattr("ptrnet_suite.model.checkpoint_files.shipped", lambda: checkpoints)
    out = tmp_path / "figures.json"
    assert ptrnet("evaluate", "tsp", "--data", tours, "--json", out).code == 0
    assert json.loads(out.read_text())["checkpoint"]["name"] == "tsp"


def test_a_solver_is_evaluated_beside_a_model_and_by_length(words, tmp_path, ptrnet):
    out = tmp_path / "figures.json"
    line = ("evaluate", "text", "--data", words, "--checkpoint", "g2p_recurrent")
    ran = ptrnet(*line, "--solver", "letter_majority", "--by-length", "3", "--json", out)
    assert (ran.code, ran.err) == (0, "")
    head = next(row for row in ran.out.splitlines() if "metric" in row)
    assert "g2p_recurrent, greedy" in head
    assert "letter_majority" in head
    figures = json.loads(out.read_text())
    (other,) = figures["compared"]
    assert (other["solver"], other["count"]) == ("letter_majority", figures["count"])
    assert "perplexity" in figures["metrics"]
    assert "perplexity" not in other["metrics"]
    assert [bucket["count"] for bucket in other["by_length"]] == [2, 2]
    assert ran.out.count("by input length") == 2


def test_one_instance_has_no_interval(tours, checkpoints, tmp_path, ptrnet):
    out = tmp_path / "figures.json"
    words = ("evaluate", "tsp", "--data", tours, "--checkpoint", checkpoints["tsp"])
    ran = ptrnet(*words, "--limit", "1", "--json", out)
    assert (ran.code, ran.err) == (0, "")
    for figures in json.loads(out.read_text())["metrics"].values():
        assert figures["value"] is not None
        assert (figures["low"], figures["high"]) == (None, None)
    (row,) = (line for line in ran.out.splitlines() if line.strip().startswith("valid"))
    assert row.split()[1:4] == ["100.00", "%", "-"]


@pytest.mark.parametrize("labels", ["lengths of an .npz", "solutions.txt beside a .tsp"])
def test_known_optima_are_what_tours_are_held_against(labels, checkpoints, tmp_path, ptrnet):
    if labels.endswith(".npz"):
        path = tmp_path / "lengths.npz"
        np.savez(path, points=np.random.default_rng(0).random((1, 9, 2)), lengths=[0.5])
    else:
        path = tmp_path / "square.tsp"
        path.write_text(
            "NAME: square\nTYPE: TSP\nDIMENSION: 5\nEDGE_WEIGHT_TYPE: EUC_2D\n"
            "NODE_COORD_SECTION\n1 0 0\n2 100 0\n3 100 100\n4 0 100\n5 40 50\nEOF\n"
        )
        (tmp_path / "solutions.txt").write_text("square : 1\n")
    optimum, out = (0.5 if labels.endswith(".npz") else 1.0), tmp_path / "out.json"
    options = ("--checkpoint", checkpoints["tsp"], "--json", out)
    for words in (("evaluate", "tsp", "--data", path), ("solve", "tsp", path)):
        assert ptrnet(*words, *options).code == 0
        metrics = json.loads(out.read_text())["metrics"]
        assert metrics["gap"]["reference"] == "the file's length"
        gap = metrics["length"]["value"] / optimum - 1
        assert metrics["gap"]["value"] == pytest.approx(gap)


def test_the_solver_of_a_files_tours_is_named(checkpoints, tmp_path, ptrnet):
    path, out = tmp_path / "cities.npz", tmp_path / "out.json"
    made = ptrnet("data", "tsp", "--size", "15", "--count", "3", "--seed", "1", "--out", path)
    assert made.code == 0
    words = ("evaluate", "tsp", "--data", path, "--checkpoint", checkpoints["tsp"])
    ran = ptrnet(*words, "--json", out)
    assert json.loads(out.read_text())["metrics"]["gap"]["reference"] == "fast-tsp"
    assert "against fast-tsp" in ran.out


def test_the_area_of_polygons_that_are_mostly_not_simple_is_shown_as_fail(
    checkpoints, tmp_path, ptrnet
):
    path, out, task = tmp_path / "points.npz", tmp_path / "out.json", load_task("convex_hull")
    task.formats.write(task.label(task.generate(30, 40, seed=2)), path)
    options = ("--checkpoint", checkpoints["convex_hull"], "--json", out)
    for words in (("evaluate", "convex_hull", "--data", path), ("solve", "convex_hull", path)):
        ran = ptrnet(*words, *options)
        metrics = json.loads(out.read_text())["metrics"]
        assert metrics["simple"]["value"] < 0.99
        assert metrics["area_ratio"]["note"].startswith("FAIL: more than 1 %")
        assert [name for name in metrics if "note" in metrics[name]] == ["area_ratio"]
        assert re.search(r"area_ratio\s+FAIL", ran.out)


def test_text_is_evaluated_against_the_file(checkpoints, tmp_path, ptrnet):
    (tmp_path / "words.test").write_text("CAT\tK AE T\nREAD\tR EH D\nREAD\tR IY D\n")
    out = tmp_path / "figures.json"
    words = ("evaluate", "text", "--checkpoint", checkpoints["text"], "--json", out)
    assert ptrnet(*words, "--data", tmp_path / "words.test").code == 0
    figures = json.loads(out.read_text())
    assert figures["count"] == 2
    assert {"per", "wer"} <= set(figures["metrics"])
