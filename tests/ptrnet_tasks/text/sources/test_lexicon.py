"""Pronouncing dictionaries in the forms in which they are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from ptrnet_tasks.text.sources.lexicon import unstressed
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

G2P = Text("g2p")
KNOWN = {"HELLO": ["HH AH L OW", "HH EH L OW"], "WORLD": ["W ER L D"]}
FORMS = {
    "cmudict-0.7b": (
        ";;; # CMUdict  --  Major Version: 0.07\n\nHELLO  HH AH0 L OW1\nHELLO(1)  HH EH0 L OW1\n"
        "WORLD  W ER1 L D\n"
    ),
    "cmudict.dict": "hello HH AH0 L OW1\nhello(2) HH EH0 L OW1 # as some say\nworld W ER1 L D\n",
    "tabs": "hello\tHH AH L OW\nhello(2)\tHH EH L OW\nworld\tW ER L D\n",
    "cmudict-0.6": "## a comment\nHELLO  HH AH0 L OW1\nHELLO(2)  HH EH0 L OW1\nWORLD  W ER1 L D",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_every_form_of_the_dictionary_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "words.dict"
    path.write_text(text)
    found = G2P.source(str(path))
    words = [word.upper() for word in found.inputs]
    assert dict(zip(words, found.solutions, strict=True)) == KNOWN
    lines = G2P.formats.read(path)
    assert len(lines) == sum(not line.startswith((";;;", "##")) for line in text.splitlines())
    G2P.formats.accept(lines)


def test_the_same_words_without_phones_are_words_to_be_said(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("hello\nhello(2)\nnew york\n")
    found = G2P.formats.read(path)
    assert (found.inputs, found.solutions) == (["hello", "hello", "new york"], None)
    # Sentences are no lexicon, however their words are spaced.
    path.write_text("Ein Hund  bellt.\n")
    assert Text("translation").formats.read(path).inputs == ["Ein Hund  bellt."]


def test_a_line_that_is_not_as_the_others_is_named_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "words.dict"
    path.write_text(";;; a comment\nHELLO\tHH AH L OW\nWORLD\n")
    with pytest.raises(InputError, match="line 3 has 1 columns"):
        G2P.formats.read(path)


def test_stress_is_kept_where_the_phones_of_a_checkpoint_have_it(tmp_path: Path) -> None:
    path = tmp_path / "words.dict"
    path.write_text(FORMS["cmudict.dict"])
    plain = G2P.formats.read(path)
    assert plain.solutions[2] == ["W ER L D"]
    assert plain.notes == (
        "stress digits of phones are left out, as the checkpoint's phones have none",
    )
    stressed = Text("g2p").fitted([str(path)])
    assert {"ER1", "OW1", "AH0"} <= set(stressed.target_vocabulary.alphabet)
    kept = stressed.formats.read(path)
    assert (kept.solutions[2], kept.notes) == (["W ER1 L D"], ())
    assert stressed.source(str(path)).solutions[1] == ["W ER1 L D"]
    spoken = stressed.referenced(Instances(["WORLD"]))
    assert spoken.solutions == [["W ER1 L D"]]


def test_variants_that_differ_by_stress_alone_are_one_reference(tmp_path: Path) -> None:
    path = tmp_path / "words.dict"
    path.write_text("RECORD  R EH1 K ER0 D\nRECORD(2)  R EH0 K ER1 D\n")
    assert G2P.source(str(path)).solutions == [["R EH K ER D"]]


@pytest.mark.parametrize(
    ("phone", "plain"), [("AH0", "AH"), ("1", "1"), ("A12", "A12"), ("S", "S"), ("é1", "é1")]
)
def test_stress_is_one_digit_behind_a_letter(phone: str, plain: str) -> None:
    assert unstressed(phone) == plain
