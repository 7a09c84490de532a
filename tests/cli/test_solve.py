from __future__ import annotations

import hashlib
import json
import pickle
import re

import numpy as np
import pytest

from ptrnet_suite.task.registry import load_task

SQUARE = "0 0 1 0 1 1 0 1 0.4 0.5"


@pytest.fixture(scope="module")
def tours(tmp_path_factory):
    """A file of 20 labelled instances of 8 cities."""
    task = load_task("tsp")
    path = tmp_path_factory.mktemp("data") / "tours.npz"
    task.formats.write(task.label(task.generate(8, 20, seed=5)), path)
    return path


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


def test_solve_tells_each_answer_and_draws_it(tours, checkpoints, tmp_path, ptrnet):
    from matplotlib.image import imread

    picture, answers = tmp_path / "tours.png", tmp_path / "tours.json"
    words = ("solve", "tsp", tours, "--checkpoint", checkpoints["tsp"], "--limit", "5")
    ran = ptrnet(*words, "--plot", picture, "--json", answers)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("gap") >= 5
    assert imread(picture).std() > 0.01
    figures = json.loads(answers.read_text())
    found = figures["answers"]
    assert len(found) == figures["count"] == 5
    points = load_task("tsp").formats.read(tours).inputs
    for index, one in enumerate(found):
        assert sorted(one["answer"]) == list(range(8))
        tour = points[index][one["answer"]]
        length = np.linalg.norm(tour - np.roll(tour, -1, 0), axis=1).sum()
        assert one["metrics"]["length"] == pytest.approx(length)
        assert one["metrics"]["gap"] > -1e-9
    gaps = [one["metrics"]["gap"] for one in found]
    assert figures["metrics"]["gap"]["value"] == pytest.approx(np.mean(gaps))


def test_solve_writes_what_evaluate_writes_beside_its_answers(tours, checkpoints, tmp_path, ptrnet):
    out, options = tmp_path / "out.json", ("--checkpoint", checkpoints["tsp"], "--seed", "3")
    assert ptrnet("solve", "tsp", tours, *options, "--json", out).code == 0
    solved = json.loads(out.read_text())
    assert ptrnet("evaluate", "tsp", "--data", tours, *options, "--json", out).code == 0
    evaluated = json.loads(out.read_text())
    assert set(solved) == {*evaluated, "answers"}
    timed = {"seconds", "seconds_note", "instances_per_second", "answers"}
    assert {name: solved[name] for name in set(solved) - timed} == {
        name: evaluated[name] for name in set(evaluated) - timed
    }
    assert solved["seconds"] > 0
    assert solved["instances_per_second"] == pytest.approx(20 / solved["seconds"])


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


@pytest.mark.parametrize("suffix", [".svg", ".pdf"])
def test_pictures_take_the_format_of_their_suffix(suffix, checkpoints, tmp_path, ptrnet):
    (tmp_path / "one.txt").write_text(SQUARE + "\n")
    picture = tmp_path / f"one{suffix}"
    words = ("solve", "tsp", tmp_path / "one.txt", "--checkpoint", checkpoints["tsp"])
    assert ptrnet(*words, "--plot", picture).code == 0
    head = picture.read_bytes()[:300]
    assert head.startswith(b"%PDF") if suffix == ".pdf" else b"<svg" in picture.read_bytes()[:2000]


def test_words_without_known_phones_are_still_pronounced(checkpoints, tmp_path, ptrnet):
    (tmp_path / "words.tsv").write_text("BLORPITY\nHELLO\n")
    words = ("solve", "text", tmp_path / "words.tsv", "--checkpoint", checkpoints["text"])
    ran = ptrnet(*words)
    assert (ran.code, ran.err) == (0, "")
    assert "BLORPITY -> " in ran.out
    assert "HELLO -> " in ran.out


def test_text_is_evaluated_against_the_file(checkpoints, tmp_path, ptrnet):
    (tmp_path / "words.test").write_text("CAT\tK AE T\nREAD\tR EH D\nREAD\tR IY D\n")
    out = tmp_path / "figures.json"
    words = ("evaluate", "text", "--checkpoint", checkpoints["text"], "--json", out)
    assert ptrnet(*words, "--data", tmp_path / "words.test").code == 0
    figures = json.loads(out.read_text())
    assert figures["count"] == 2
    assert {"per", "wer"} <= set(figures["metrics"])


class Evil:
    def __reduce__(self):
        return (print, ("this must never run",))


BAD_FILES: dict[str, tuple[str, str, str | bytes]] = {
    "NaN": ("tsp", "p.txt", "0 0 1 0 nan 1\n"),
    "duplicate points at a corner": ("convex_hull", "p.txt", "0 0 0 0 1 0 0 1 0.2 0.2\n"),
    "all points in one place": ("tsp", "p.txt", "1 1 1 1 1 1 1 1\n"),
    "two points": ("tsp", "p.txt", "0 0 1 1\n"),
    "two points for a hull": ("convex_hull", "p.txt", "0 0 1 1\n"),
    "collinear points": ("convex_hull", "p.txt", "0 0 0.1 0.1 0.2 0.2 0.7 0.7\n"),
    "an empty file": ("tsp", "p.txt", ""),
    "a truncated line": ("tsp", "p.txt", f"{SQUARE} output 1 2 3\n"),
    "half a point": ("tsp", "p.txt", f"{SQUARE} 0.3\n"),
    "words": ("tsp", "p.txt", "these are no numbers\n"),
    "a truncated archive": ("tsp", "p.npz", b"PK\x03\x04broken"),
    "a pickle that runs code": ("tsp", "p.pkl", pickle.dumps([Evil()])),
    "an unknown letter": ("text", "w.tsv", "CAT\u4e2d\tK AE T\n"),
    "too many columns": ("text", "w.tsv", "CAT\tK AE T\tmore\n"),
    "no text": ("text", "w.tsv", "\n\n"),
    "bytes that are no text": ("text", "w.tsv", b"\xff\xfe\xfa"),
}


@pytest.mark.parametrize("command", ["solve", "evaluate"])
@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_told_in_one_line(command, name, checkpoints, tmp_path, ptrnet):
    task, file, content = BAD_FILES[name]
    path = tmp_path / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    data = ("--data", path) if command == "evaluate" else (path,)
    expect_refusal(ptrnet(command, task, *data, "--checkpoint", checkpoints[task]))


def test_a_file_of_three_columns_is_told_in_one_line(checkpoints, tmp_path, ptrnet):
    np.savez(tmp_path / "three.npz", points=np.zeros((2, 5, 3)))
    words = ("solve", "tsp", tmp_path / "three.npz", "--checkpoint", checkpoints["tsp"])
    assert "three.npz" in expect_refusal(ptrnet(*words))


def test_distances_without_coordinates_are_told_in_one_line(checkpoints, tmp_path, ptrnet):
    path = tmp_path / "far.tsp"
    path.write_text(
        "NAME: far\nTYPE: TSP\nDIMENSION: 4\nEDGE_WEIGHT_TYPE: EXPLICIT\n"
        "EDGE_WEIGHT_FORMAT: UPPER_ROW\nEDGE_WEIGHT_SECTION\n1 2 3\n4 5\n6\nEOF\n"
    )
    told = expect_refusal(ptrnet("solve", "tsp", path, "--checkpoint", checkpoints["tsp"]))
    assert "coordinates" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--checkpoint", "no-such-checkpoint"), "no-such-checkpoint"),
        (("--checkpoint", "{sorting}"), "trained for the task sorting"),
        (("--checkpoint", "{data}"), "cannot be read as safetensors"),
        (("--checkpoint", "{tsp}", "--search", "guess"), "greedy"),
        (("--checkpoint", "{tsp}", "--search", "beam:0"), "beam:0"),
        (("--checkpoint", "{tsp}", "--search", "beam:x"), "width is 'x'"),
        (("--checkpoint", "{tsp}", "--limit", "0"), "at least 1"),
        (("--checkpoint", "{tsp}", "--device", "abacus"), "abacus"),
        (("--checkpoint", "{tsp}", "--plot", "tour.gif"), ".png, .svg, .pdf"),
        (("--checkpoint", "{tsp}", "--json", "{data}/figures.json"), "cannot be written"),
        (("--checkpoint", "{tsp}", "--json", "."), "cannot be written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_bad_option_is_told_in_one_line(words, told, tours, checkpoints, ptrnet):
    places = {**{name: str(path) for name, path in checkpoints.items()}, "data": str(tours)}
    given = [word.format(**places) for word in words]
    assert told in expect_refusal(ptrnet("solve", "tsp", tours, *given))


def expect_refusal(ran) -> str:
    """Checks for exit code 2 and one line on standard error, and returns that line."""
    assert ran.code == 2, ran
    assert ran.err.startswith("ptrnet: "), ran
    assert ran.err.count("\n") == 1, ran
    assert "never run" not in ran.out
    return ran.err
