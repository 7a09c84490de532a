"""Vocabularies: round trips, special tokens, growth from data, refusals."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.text.spelling import composed
from ptrnet_tasks.text.task import Text
from ptrnet_tasks.text.vocabulary import END_TOKEN, UNKNOWN, Vocabulary

from ptrnet_suite.data.batch import END
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

TEXTS = st.lists(st.text(min_size=1, max_size=8).map(composed), min_size=1, max_size=4)
WORDS = st.lists(
    st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1)
    .map(composed)
    .filter(lambda word: word.split() == [word] and word not in (UNKNOWN, END_TOKEN)),
    max_size=6,
)


@given(TEXTS)
def test_characters_come_back_from_their_ids(texts: list[str]) -> None:
    bare = Vocabulary.of("target", (), "characters", closed=False)
    vocabulary = bare.extended(texts)
    rows = vocabulary.encode(texts)
    assert [vocabulary.decode(row) for row in rows] == texts
    assert [row.tolist().count(END) for row in rows] == [1] * len(texts)
    assert all(row[-1] == END for row in rows)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_words_come_back_with_single_spaces(sentences: list[list[str]]) -> None:
    texts = ["  ".join(sentence) for sentence in sentences]
    vocabulary = Vocabulary.of("source", (), "words").extended(texts)
    decoded = [vocabulary.decode(row) for row in vocabulary.encode(texts)]
    assert decoded == [" ".join(sentence) for sentence in sentences]


@given(TEXTS, TEXTS)
def test_growing_a_vocabulary_keeps_every_id_and_takes_nothing_twice(
    first: list[str], second: list[str]
) -> None:
    small = Vocabulary.of("source", (), "characters", closed=False).extended(first)
    large = small.extended(second)
    assert large.tokens[: len(small)] == small.tokens
    assert len(set(large.tokens)) == len(large)
    assert large.extended(second) == large


def test_ids_are_read_up_to_the_first_end() -> None:
    vocabulary = Vocabulary.of("target", "ab", "characters")
    assert vocabulary.decode(np.array([1, 2, END, 1])) == "ab"


def test_no_text_can_write_the_end_into_a_target() -> None:
    vocabulary = Vocabulary.of("target", ["a"], "words", closed=False)
    assert vocabulary.encode([f"a {END_TOKEN} a"])[0].tolist() == [2, 1, 2, END]


def test_a_source_of_an_open_vocabulary_may_hold_the_unknown() -> None:
    task = Text.from_training_data(Instances(["b a"], [["x"]]), problem="files")
    instances = Instances(["a c b"])
    task.formats.check(instances)
    ids = task.batch(instances).inputs[0].tolist()
    assert [task.source_vocabulary.tokens[index] for index in ids] == ["a", UNKNOWN, "b"]


def test_rare_words_stay_out_of_the_vocabulary_and_frequent_ones_come_first() -> None:
    data = Instances(["a b b c c c", "c"], [["x y y"], ["y"]])
    task = Text.from_training_data(data, problem="files", smallest_count=2)
    assert task.source_vocabulary.tokens == (UNKNOWN, "c", "b")
    assert task.target_vocabulary.tokens == (END_TOKEN, UNKNOWN, "y")
    assert task.batch(task.prepare(data)).targets.tolist() == [[1, 2, 2, 0], [2, 0, 0, 0]]


@pytest.mark.parametrize(
    "options",
    [{}, {"problem": "copy"}, {"problem": "g2p"}, {"problem": "files", "case": "lower"},
     {"problem": "reverse", "source_vocabulary": ["x", "y"], "target_vocabulary": ["y", "x"]}],
)  # fmt: skip
def test_a_task_is_made_again_from_its_options(options: dict[str, object]) -> None:
    task = Text(**options)
    again = Text(**task.options())
    assert again.options() == task.options()
    assert again.spec == task.spec


def test_data_extends_the_alphabet_of_a_problem_without_moving_its_ids() -> None:
    bare = Text("g2p")
    task = Text.from_training_data(Instances(["CAFÉ"], [["K AE F EY2"]]), problem="g2p")
    assert task.source_vocabulary.tokens == (*bare.source_vocabulary.tokens, "É")
    assert task.target_vocabulary.tokens == (*bare.target_vocabulary.tokens, "EY2")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"problem": "parse"}, "accepted are reverse, copy, .*, files"),
        ({"source_level": "syllables"}, "accepted are characters, tagged, words, subwords"),
        ({"case": "title"}, "accepted are keep, lower, upper"),
        ({"longest": 0}, "longest is 0"),
        ({"smallest_count": 0}, "smallest_count is 0"),
        ({"source_vocabulary": ["a", "a"]}, "source_vocabulary holds 'a' twice"),
        ({"target_vocabulary": ["ab"]}, "accepted are single characters"),
        ({"problem": "files", "target_vocabulary": ["a b"]}, "accepted are words without spaces"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        Text(**options)


XSAMPA = "saj\ts a Z\nxaj\tS a Z\nzej\tz e Z\nZEN\tz E N\n"


def test_phones_whose_case_matters_stay_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "xsampa.tsv"
    path.write_text(XSAMPA)
    task = Text("g2p").fitted([str(path)])
    assert set(task.target_vocabulary.alphabet) == {*"sSazZeEN"}
    again = Text(**task.options())
    assert (again.sides, again.options()) == (task.sides, task.options())
    found = again.prepare(again.source(str(path)))
    assert again.answers(found, again.batch(found).targets.numpy()) == [
        known[0] for known in found.solutions
    ]
    # A phone in the wrong case is a wrong phone.
    assert task.evaluate(found, ["S a Z", "S a Z", "Z e Z", "z E N"])["wer"].values.sum() == 2
    with pytest.raises(InputError, match=r"has no phones, and those of this model are not the CMU"):
        task.referenced(Instances(["hello"]))
    assert task.references() == {}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("so\ts ow\nSHE\tSH IY\n", ("S", "OW", "SH", "IY")),
        ("xa\ts S\nza\tz Z\n", ("s", "S", "z", "Z")),
        ("hello\thh ah0 l ow1\n", ("HH", "AH0", "L", "OW1")),
    ],
)
def test_phones_are_capitals_where_they_are_those_of_the_cmu_dictionary(
    tmp_path: Path, text: str, tokens: tuple[str, ...]
) -> None:
    path = tmp_path / "words.tsv"
    path.write_text(text)
    assert set(tokens) <= set(Text("g2p").fitted([str(path)]).target_vocabulary.alphabet)


def test_a_case_that_is_given_holds_for_phones_as_well(tmp_path: Path) -> None:
    path = tmp_path / "xsampa.tsv"
    path.write_text(XSAMPA)
    for options in ({"case": "upper"}, {"target_case": "upper"}):
        task = Text("g2p", **options).fitted([str(path)])
        assert "s" not in task.target_vocabulary.tokens
        assert task.target_vocabulary.case == "upper"
