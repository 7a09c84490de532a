"""Lines as people bring them: each has its answer in its place, whatever stands in the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ptrnet_tasks.text.readings import LONGEST, readings_of
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

G2P = Text("g2p")


def accepted(task: Text, *texts: str, strict: bool = False) -> Instances:
    return task.formats.accept(Instances(list(texts), source="words.txt"), strict)


def answered(ptrnet: Any, path: Path, *words: str | Path) -> list[str]:
    """The answers that `ptrnet solve text` writes, in the order of the file."""
    figures = path.with_suffix(".json")
    ran = ptrnet("solve", "text", path, *words, "--json", figures)
    assert (ran.code, "Traceback" in ran.err) == (0, False)
    return [row["answer"] for row in json.loads(figures.read_text())["answers"]]


def test_as_many_answers_as_lines_in_their_order(ptrnet, tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("Hello\nworld\n\nHello\ncafé\nнаука\nwell-known\n")
    answers = answered(ptrnet, path, "--checkpoint", "g2p")
    assert len(answers) == 7
    assert answers[0] == answers[3] == "HH EH L OW"
    assert answers[1] == "W ER L D"
    assert answers[2] == answers[5] == ""
    files = tmp_path / "answers.txt", tmp_path / "answers.nbest"
    for file in files:
        assert ptrnet("solve", "text", path, "--checkpoint", "g2p", "--answers", file).code == 0
    assert files[0].read_text().split("\n")[:-1] == answers
    rows = [line.split(" ||| ") for line in files[1].read_text().splitlines()]
    assert [row[1] for row in rows] == answers
    path.write_text("cafe\nwellknown\n")
    assert answered(ptrnet, path, "--checkpoint", "g2p") == [answers[4], answers[6]]


@pytest.mark.parametrize("search", ["greedy", "beam:2"])
def test_repeated_pairs_keep_their_lines_and_share_their_references(
    ptrnet, checkpoints, tmp_path: Path, search: str
) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("READ\tR EH D\nREAD\tR IY D\nRED\tR EH D\n")
    words = ("--checkpoint", checkpoints["text"], "--search", search)
    answers = answered(ptrnet, path, *words)
    assert len(answers) == 3
    assert answers[0] == answers[1]
    figures = tmp_path / "figures.json"
    ran = ptrnet("evaluate", "text", "--data", path, *words, "--json", figures)
    assert ran.code == 0
    assert json.loads(figures.read_text())["count"] == 2


def test_a_text_is_read_plainly_where_its_characters_are_not_known_and_a_note_says_so() -> None:
    found = accepted(G2P, "café", "well-known", "hello", "don’t", "ﬁn")
    assert readings_of(found) == ["CAFE", "WELLKNOWN", "hello", "DON'T", "ﬁn"]
    assert found.inputs == ["café", "well-known", "hello", "don’t", "ﬁn"]
    (note,) = found.notes
    assert note.startswith("3 of 5 texts read without accents and hyphens")
    assert "'café' as 'CAFE', 'well-known' as 'WELLKNOWN'" in note
    assert accepted(G2P, "hello", "O'NEIL").notes == ()


def test_what_has_no_plain_spelling_is_named_and_has_a_blank_answer() -> None:
    found = accepted(G2P, "hello", "наука", "", "3d")
    (note,) = found.notes
    assert note.startswith("2 of 4 texts left without an answer")
    assert "'наука' with 'Н' 'А' 'У', '3d' with '3'" in note
    choices = [np.array([1, 2])] * 4
    assert G2P.answers(found, choices) == ["AA AE", "", "", ""]
    batch = G2P.batch(found)
    assert batch.input_mask.sum(1).tolist() == [5, 1, 1, 1]


def test_strict_refuses_what_would_be_read_otherwise_but_no_blank_line() -> None:
    accepted(G2P, "hello", "", strict=True)
    for text, told in (("café", "'É'"), ("наука", "'Н' 'А' 'У'")):
        with pytest.raises(
            InputError, match=f"{text}' has what the checkpoint does not know.*{told}"
        ):
            accepted(G2P, "hello", text, strict=True)
    with pytest.raises(InputError, match=r"'AAAAAAAA.*with 4,001 tokens is too long"):
        accepted(G2P, "A" * (LONGEST + 1), strict=True)


def test_strict_is_an_option_of_the_command_line(ptrnet, checkpoints, tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("hello\ncafé\n")
    ran = ptrnet("solve", "text", path, "--checkpoint", checkpoints["text"], "--strict")
    assert (ran.code, ran.out) == (2, "")
    assert "'café' has what the checkpoint does not know, 'É'" in ran.err


@pytest.mark.parametrize(
    ("text", "told"),
    [("\n \n", "holds no text"), ("наука\n\n", "1 of 2 texts left without an answer")],
)
def test_a_file_of_which_nothing_can_be_read_is_refused(
    ptrnet, checkpoints, tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "words.txt"
    path.write_text(text)
    ran = ptrnet("solve", "text", path, "--checkpoint", checkpoints["text"])
    assert (ran.code, told in ran.err) == (2, True)


def test_what_training_did_not_see_is_told_and_read_as_unknown() -> None:
    task = Text.from_training_data(Instances(["a b"], [["x"]]), problem="files")
    found = accepted(task, "a b", "b Zug", "Zug")
    assert found.notes == ("2 of 3 texts read with <unk> for what training did not see: 'Zug'",)
    assert readings_of(found) == ["a b", "b Zug", "Zug"]


def test_a_text_of_too_many_tokens_has_no_answer_and_costs_nothing() -> None:
    found = accepted(G2P, "hello", "A" * (LONGEST + 1))
    assert "1 of 2 texts left without an answer, as they have more than 4,000" in found.notes[0]
    assert readings_of(found)[1] == ""
    assert G2P.batch(found).inputs.shape == (2, 5)


def test_words_outside_of_the_dictionary_have_answers_and_do_not_count(
    ptrnet, checkpoints, tmp_path: Path
) -> None:
    path, figures = tmp_path / "words.txt", tmp_path / "figures.json"
    path.write_text("hello\nblorptastic\nsnarfblat\n")
    words = ("--checkpoint", checkpoints["text"], "--json", figures)
    ran = ptrnet("solve", "text", path, *words)
    note = "1 of 3 words are in the CMU dictionary, and figures count these"
    assert (ran.code, note in ran.err) == (0, True)
    assert note in json.loads(figures.read_text())["notes"]
    rows = json.loads(figures.read_text())["answers"]
    assert len(rows) == 3
    assert [row["metrics"]["wer"] is None for row in rows] == [False, True, True]
    found = G2P.referenced(G2P.formats.accept(G2P.formats.read(path)))
    assert found.notes == (note,)
    assert G2P.evaluate(found, ["HH AH L OW", "x", ""])["wer"].weights.tolist() == [1, 0, 0]
    path.write_text("blorptastic\n")
    ran = ptrnet("evaluate", "text", "--data", path, "--checkpoint", checkpoints["text"])
    assert (ran.code, "no word of" in ran.err) == (2, True)


def test_references_that_cannot_be_written_are_told() -> None:
    data = Instances(["a", "b"], [["x y"], ["y"]])
    task = Text.from_training_data(data, problem="files")
    found = task.formats.accept(Instances(["a", "b", "a"], [["x"], ["z y"], ["z", "y"]]))
    assert found.notes == (
        "1 of 3 texts have only references that the checkpoint cannot write, as training did not "
        "see 'z'",
    )
    copying = Text.from_training_data(data, problem="files", copying=True)
    assert copying.formats.accept(found.subset([1])).notes == found.notes


def test_what_is_not_read_has_no_attention_to_show() -> None:
    found = accepted(G2P, "hello", "")
    assert G2P.presenter.positions_and_steps(found, 0, [1])[0] == list("HELLO")
    with pytest.raises(InputError, match=r"words.txt, instance 2 is blank or cannot be read"):
        G2P.presenter.positions_and_steps(found, 1, [1])
