"""Files of answers as other programs read them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.image_text.task import ImageText
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.answer import ScoredAnswer

TEXT = Text("translation")
SOURCES = Instances(["Ein Hund.", "", "Eine Katze."])
BEST = [[ScoredAnswer("A dog.", -0.5)], [ScoredAnswer("x", -9.0)], [ScoredAnswer("Ein été.", -1.0)]]
SEVERAL = [
    [ScoredAnswer("A dog.", -0.5), ScoredAnswer("The dog.", -1.25)],
    [ScoredAnswer("x", -9.0), ScoredAnswer("y", -9.5)],
    [ScoredAnswer("A cat.", None)],
]


def test_one_answer_a_line_in_the_order_of_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "answers.txt"
    TEXT.formats.write_answers(SOURCES, BEST, path)
    assert path.read_text(encoding="utf-8").split("\n") == ["A dog.", "", "Ein été.", ""]


@pytest.mark.parametrize("name", ["answers.txt", "answers.nbest"])
def test_several_answers_are_a_list_as_moses_writes_it(tmp_path: Path, name: str) -> None:
    TEXT.formats.write_answers(SOURCES, SEVERAL, tmp_path / name)
    rows = [line.split(" ||| ") for line in (tmp_path / name).read_text().splitlines()]
    assert [row[:2] for row in rows] == [
        ["0", "A dog."], ["0", "The dog."], ["1", ""], ["2", "A cat."],
    ]  # fmt: skip
    assert [float(row[2]) for row in rows[:2]] == [-0.5, -1.25]
    assert [len(row) for row in rows[2:]] == [2, 2]


def test_json_holds_sources_answers_and_log_probabilities(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    TEXT.formats.write_answers(SOURCES, SEVERAL, path)
    first, blank, last = json.loads(path.read_text(encoding="utf-8"))
    assert first["source"] == "Ein Hund."
    assert [each["log_probability"] for each in first["answers"]] == [-0.5, -1.25]
    assert blank["answers"] == [{"answer": ""}]
    assert last == {"index": 2, "source": "Eine Katze.", "answers": [{"answer": "A cat."}]}


def test_texts_of_pictures_are_written_alike(tmp_path: Path) -> None:
    task = ImageText()
    images = Instances([np.zeros((8, 9), np.uint8)], names=["a.png"])
    path = tmp_path / "answers.json"
    task.formats.write_answers(images, [[ScoredAnswer("7277", -0.25)]], path)
    assert json.loads(path.read_text()) == [
        {"index": 0, "name": "a.png", "answers": [{"answer": "7277", "log_probability": -0.25}]}
    ]


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("answers.csv", "a", "accepted: .txt, .nbest, .json"),
        ("answers.txt", "a\nb", "more than one line"),
        ("answers.nbest", "a\rb", "more than one line"),
        ("answers.nbest", "a ||| b", "parts its fields"),
    ],
)
def test_what_a_file_of_answers_cannot_hold_is_refused_and_nothing_written(
    tmp_path: Path, name: str, answer: str, told: str
) -> None:
    with pytest.raises(InputError, match=told.replace("|", r"\|")):
        TEXT.formats.write_answers(Instances(["a"]), [[ScoredAnswer(answer)]], tmp_path / name)
    assert not [*tmp_path.iterdir()]
