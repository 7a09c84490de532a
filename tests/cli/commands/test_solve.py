"""`ptrnet solve`: answers, their pictures and files, and bad options."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ptrnet_suite.task.registry import load_task
from tests.cli.refusals import expect_refusal

SQUARE = "0 0 1 0 1 1 0 1 0.4 0.5"


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
