"""The text task from outside: generated problems, vocabularies, bad input."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.batch import END
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

G2P = Text("g2p")


@pytest.mark.parametrize("problem", ["reverse", "copy"])
def test_generated_strings_are_seeded_and_answered_by_the_rule(problem: str) -> None:
    task = Text(problem)
    found = task.label(task.generate(7, 50, 3))
    assert found.inputs == task.generate(7, 50, 3).inputs != task.generate(7, 50, 4).inputs
    assert {len(text) for text in found.inputs} == {7}
    step = -1 if problem == "reverse" else 1
    assert found.solutions == [[text[::step]] for text in found.inputs]
    rule = task.references()["rule"]
    assert task.evaluate(found, rule.solve(found))["exact"].values.all()


def test_every_letter_is_drawn_about_as_often() -> None:
    letters = "".join(Text().generate(20, 1300, 0).inputs)
    counts = [letters.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert sum(counts) == len(letters) == 26_000
    assert min(counts) > 850
    assert max(counts) < 1150


def test_a_sentence_is_reversed_word_by_word_at_the_level_of_words() -> None:
    alphabet = ["one", "two", "three"]
    task = Text("reverse", alphabet, alphabet, "words", "words")
    found = task.label(task.generate(4, 20, 0))
    assert [known.split() for (known,) in found.solutions] == [
        text.split()[::-1] for text in found.inputs
    ]


def test_generated_words_have_the_length_and_are_no_test_words() -> None:
    found = G2P.generate(9, 40, 1)
    assert {len(word) for word in found.inputs} == {9}
    assert len(set(found.inputs)) == 40
    assert set(found.inputs) <= set(G2P.source("cmudict:valid").inputs)
    assert found.solutions is None
    assert all(G2P.label(found).solutions)
    assert len(G2P.generate(16, 500, 1)) == 500


@settings(deadline=None)
@given(st.lists(st.text("abcxyz", min_size=1, max_size=9), min_size=1, max_size=6))
def test_targets_are_what_the_answer_must_choose(texts: list[str]) -> None:
    task = Text("reverse")
    found = task.label(Instances(texts))
    batch = task.batch(found)
    assert batch.input_mask.sum(1).tolist() == [len(text) for text in texts]
    assert batch.target_mask.sum(1).tolist() == [len(text) + 1 for text in texts]
    assert (batch.targets[~batch.target_mask] == END).all()
    choices = [
        row[mask][:-1].numpy() for row, mask in zip(batch.targets, batch.target_mask, strict=True)
    ]
    assert task.answers(found, choices) == [text[::-1] for text in texts]
    assert task.constraint().limit(batch) > max(map(len, texts))


def test_a_vocabulary_is_learnt_from_all_sources_of_a_training_run(tmp_path: Path) -> None:
    for name, text in (("one", "a b\tx\n"), ("two", "b b\ty\n")):
        (tmp_path / name).write_text(text)
    task = Text("files", smallest_count=2).fitted([str(tmp_path / "one"), str(tmp_path / "two")])
    assert task.source_vocabulary.alphabet == ("b",)
    assert task.target_vocabulary.alphabet == ()
    assert task.spec.features == 2
    assert G2P.fitted([]) is G2P


@pytest.mark.parametrize(
    ("problem", "size", "distribution", "told"),
    [
        ("files", 5, "uniform", "not generated"),
        ("reverse", 0, "uniform", "size 0"),
        ("reverse", 5, "zipf", "accepted are uniform"),
        ("g2p", 99, "uniform", "no word has 99 letters; accepted are 1, 2, 3"),
    ],
)
def test_what_cannot_be_generated_is_refused(
    problem: str, size: int, distribution: str, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        Text(problem).generate(size, 10, 0, distribution)


def test_a_word_that_is_not_in_the_dictionary_cannot_be_labelled() -> None:
    with pytest.raises(InputError, match="'QXZW' is not in the CMU dictionary"):
        G2P.label(Instances(["hello", "qxzw"]))
