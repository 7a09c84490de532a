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
    for one in found:
        assert sorted(one["answer"]) == list(range(8))
        tour = points[int(one["name"]) - 1][one["answer"]]
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


def test_a_solver_answers_alone_and_is_named(tours, tmp_path, ptrnet):
    out = tmp_path / "out.json"
    ran = ptrnet("solve", "tsp", tours, "--solver", "exact", "--limit", "3", "--json", out)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("gap 0.00%") == 3
    solved = json.loads(out.read_text())
    assert (solved["checkpoint"], solved["search"], solved["solver"]) == (None, None, "exact")
    assert solved["metrics"]["optimal"]["value"] == 1
    assert "compared" not in solved


def test_model_and_solver_stand_side_by_side(tours, checkpoints, tmp_path, ptrnet):
    out, picture = tmp_path / "out.json", tmp_path / "out.svg"
    words = ("solve", "tsp", tours, "--checkpoint", checkpoints["tsp"], "--solver", "exact")
    ran = ptrnet(*words, "--limit", "2", "--json", out, "--plot", picture)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    names = [line.split()[0] for line in lines if " tour " in line]
    assert [line.split()[1].strip(",") for line in lines if " tour " in line] == [
        "tsp",
        "exact",
    ] * 2
    assert names[0] == names[1] != names[2] == names[3]
    assert sum("over 2: gap" in line for line in lines) == 2
    solved = json.loads(out.read_text())
    (other,) = solved["compared"]
    assert (solved["checkpoint"]["name"], solved["solver"]) == ("tsp", None)
    assert (other["checkpoint"], other["solver"]) == (None, "exact")
    assert other["metrics"]["gap"]["value"] == pytest.approx(0)
    assert [row["name"] for row in other["answers"]] == [row["name"] for row in solved["answers"]]
    assert "<svg" in picture.read_text()[:2000]


def test_distances_alone_are_answered_by_a_solver_which_the_model_names(
    checkpoints, tmp_path, ptrnet
):
    path = tmp_path / "far.tsp"
    path.write_text(
        "NAME: far\nTYPE: TSP\nDIMENSION: 4\nEDGE_WEIGHT_TYPE: EXPLICIT\n"
        "EDGE_WEIGHT_FORMAT: UPPER_ROW\nEDGE_WEIGHT_SECTION\n1 5 2\n3 5\n4\nEOF\n"
    )
    told = expect_refusal(ptrnet("solve", "tsp", path, "--checkpoint", checkpoints["tsp"]))
    assert f"{path} has distances but no coordinates" in told
    assert "--solver exact" in told
    ran = ptrnet("solve", "tsp", path, "--solver", "exact")
    assert (ran.code, ran.err) == (0, "")
    assert "length 10," in ran.out  # 0 1 2 3 and back: 1 + 3 + 4 + 2


def test_several_answers_have_ranks_and_log_probabilities(tours, checkpoints, tmp_path, ptrnet):
    out = tmp_path / "out.json"
    words = ("solve", "tsp", tours, "--checkpoint", checkpoints["tsp"], "--limit", "2")
    ran = ptrnet(*words, "--n-best", "3", "--json", out)
    assert (ran.code, ran.err) == (0, "")
    rows = [line.split() for line in ran.out.splitlines() if " tour " in line]
    assert [row[1] for row in rows] == ["1", "2", "3"] * 2
    solved = json.loads(out.read_text())
    assert solved["search"] == "beam:3"
    for row, first in zip(solved["answers"], (0, 3), strict=True):
        logs = [f"{each['log_probability']:.4f}" for each in row["hypotheses"]]
        assert logs == [words[2] for words in rows[first : first + 3]]
        assert row["answer"] == row["hypotheses"][0]["answer"]
    expect_refusal(ptrnet("solve", "tsp", tours, "--solver", "exact", "--n-best", "2"))


def test_every_line_has_its_answer_in_order_and_what_is_not_known_is_said(
    checkpoints, tmp_path, ptrnet
):
    words = ["ZBRAKS", "", "ZBRAKS", "ABLIFY"]
    (tmp_path / "words.txt").write_text("".join(f"{word}\n" for word in words))
    line = ("solve", "text", tmp_path / "words.txt", "--checkpoint", checkpoints["text"])
    ran = ptrnet(*line, "--n-best", "2")
    rows = [row.split() for row in ran.out.splitlines() if row.split()[1:2] in (["1"], ["2"])]
    assert [row[0] for row in rows if row[1] == "1"] == ["1", "2", "3", "4"]
    answers = [row[5:] for row in rows if row[0] in ("1", "3")]
    assert answers[:2] == answers[2:]
    assert sum(row[0] == "2" for row in rows) == 1
    assert ran.out.splitlines()[-1] == (
        "no reference: per, wer, exact, token_accuracy are left out"
    )


def test_answers_are_written_for_other_programs_in_the_order_of_the_lines(
    checkpoints, tmp_path, ptrnet
):
    (tmp_path / "words.txt").write_text("ZBRAKS\n\nABLIFY\nZBRAKS\n")
    line = ("solve", "text", tmp_path / "words.txt", "--checkpoint", checkpoints["text"])
    best, several = tmp_path / "best.txt", tmp_path / "several.nbest"
    assert ptrnet(*line, "--answers", best).code == 0
    lines = best.read_text().split("\n")
    assert len(lines) == 5
    assert lines[1] == lines[4] == ""
    assert lines[0] == lines[3] != ""
    assert ptrnet(*line, "--n-best", "3", "--answers", several).code == 0
    rows = [row.split(" ||| ") for row in several.read_text().splitlines()]
    assert [row[0] for row in rows] == ["0"] * 3 + ["1"] + ["2"] * 3 + ["3"] * 3
    logs = [float(row[2]) for row in rows[:3]]
    assert logs == sorted(logs, reverse=True)


def test_tours_of_several_files_are_written_with_the_names_of_the_files(tmp_path, ptrnet):
    folder, out = tmp_path / "cities", tmp_path / "tours.csv"
    folder.mkdir()
    (folder / "far.csv").write_text("0,5,2,9\n5,0,3,5\n2,3,0,4\n9,5,4,0\n")
    (folder / "near.txt").write_text(SQUARE + "\n")
    ran = ptrnet("solve", "tsp", folder, "--solver", "exact", "--answers", out)
    assert (ran.code, ran.err) == (0, "")
    rows = [row.split(",") for row in out.read_text().splitlines()[1:]]
    assert [row[0] for row in rows] == ["far.csv"] * 4 + ["near.txt"] * 5
    assert [row[3] for row in rows[:4]] in (list("0132"), list("0231"))  # 5 + 5 + 4 + 2


def test_each_size_goes_to_the_shipped_checkpoint_that_suits_it(tmp_path, ptrnet):
    rng, out = np.random.default_rng(0), tmp_path / "out.json"
    lines = [" ".join(map(str, rng.random(2 * size))) for size in (50, 8, 20)]
    (tmp_path / "mixed.txt").write_text("\n".join(lines) + "\n")
    words = ("solve", "tsp", tmp_path / "mixed.txt")
    ran = ptrnet(*words, "--json", out)
    assert (ran.code, ran.err) == (0, "")
    mixed = json.loads(out.read_text())
    assert mixed["checkpoint"] is None
    told = {each["name"]: each["count"] for each in mixed["checkpoints"]}
    assert told == {"tsp50": 1, "tsp20": 2}
    for name, indices in (("tsp50", [0]), ("tsp20", [1, 2])):
        assert ptrnet(*words, "--checkpoint", name, "--json", out).code == 0
        alone = json.loads(out.read_text())["answers"]
        assert [alone[index] for index in indices] == [mixed["answers"][i] for i in indices]


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
    note = "note: 1 of 2 words are in the CMU dictionary, and figures count these\n"
    assert (ran.code, ran.err) == (0, note)
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
        (("--solver", "exct"), "no tsp solver 'exct'; did you mean 'exact'; there are"),
        (("--solver", "exact", "--answers", "tours.exe"), "suffix '.exe'; accepted: .tour, "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_bad_option_is_told_in_one_line(words, told, tours, checkpoints, ptrnet):
    places = {**{name: str(path) for name, path in checkpoints.items()}, "data": str(tours)}
    given = [word.format(**places) for word in words]
    assert told in expect_refusal(ptrnet("solve", "tsp", tours, *given))


TOWNS = "name,x,y\nUlm,0,0\nAue,4,0\nHof,4,3\nRom,0,3\nBad Tölz,2,9\n"


def test_paths_are_solved_between_towns_by_models_and_solvers_alike(tmp_path, ptrnet):
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    words = ("solve", "tsp", tmp_path / "towns.csv", "--start", "Ulm", "--end", "4")
    out = tmp_path / "out.json"
    ran = ptrnet(*words, "--solver", "exact", "--search", "greedy", "--json", out)
    assert (ran.code, ran.err) == (0, "")
    assert "path Ulm, Aue, Hof, Rom, Bad Tölz" in ran.out
    told = json.loads(out.read_text())
    for figures in (told, *told["compared"]):
        assert figures["metrics"]["valid"]["value"] == 1
        answer = figures["answers"][0]["answer"]
        assert (answer[0], answer[-1]) == (0, 4)
    exact = told["compared"][0]["metrics"]["length"]["value"]
    assert exact == pytest.approx(4 + 3 + 4 + np.hypot(2, 6))
    opened = ptrnet(*words[:3], "--solver", "exact", "--open")
    assert opened.out.count("path") == 1
    begun = ptrnet(*words[:3], "--start", "Hof", "--solver", "exact")
    assert "; tour Hof, " in begun.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--start", "Bonn"),
            "has no city 'Bonn'; accepted are 0 to 4, and names such",
        ),
        (("--open", "--end", "5"), "has no city '5'; accepted are 0 to 4"),
        (("--start", "Ulm", "--end", "0"), "cannot begin and end in the same city"),
    ],
)
def test_ends_that_are_not_there_are_refused_before_anything_is_solved(
    options, message, tmp_path, ptrnet
):
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    ran = ptrnet("solve", "tsp", tmp_path / "towns.csv", *options)
    assert message in expect_refusal(ran)


def test_tasks_without_ends_refuse_them(tmp_path, ptrnet):
    (tmp_path / "numbers.csv").write_text("3,1,2\n")
    ran = ptrnet("evaluate", "sorting", "--data", tmp_path / "numbers.csv", "--open")
    assert "answers of sorting have no ends to choose" in expect_refusal(ran)
