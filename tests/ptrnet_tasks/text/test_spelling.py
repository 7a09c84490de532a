"""One spelling for what can be coded in several ways."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.text.spelling import composed, plainer
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances

PAIRS = Instances(["größe", "fähre", "ñandú"], [["é", "ü"], ["Å"], ["ç"]])


@given(st.text(max_size=20))
def test_all_ways_to_code_a_text_become_one(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert composed(unicodedata.normalize(form, text)) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Ångström", "Angstrom"), ("don’t", "don't"), ("well‐known", "wellknown"), ("ﬂy", "fly"),
     ("Ａ１", "A1"), ("so\u00adap", "soap"), ("ł", "ł")],
)  # fmt: skip
def test_a_plainer_spelling_has_no_accents_and_hyphens(text: str, plain: str) -> None:
    assert plainer(text) == plain


@pytest.mark.parametrize("case", ["keep", "lower", "upper"])
@pytest.mark.parametrize("level", ["characters", "words", "subwords"])
def test_decomposed_texts_are_the_same_to_a_task_as_composed_ones(level: str, case: str) -> None:
    apart = Instances(
        [unicodedata.normalize("NFD", text) for text in PAIRS.inputs],
        [[unicodedata.normalize("NFD", text) for text in texts] for texts in PAIRS.solutions],
    )
    options = {"problem": "files", "source_level": level, "target_level": level, "case": case}
    options |= {"subword_size": 30} if level == "subwords" else {}
    one, other = (Text.from_training_data(data, **options) for data in (PAIRS, apart))
    assert one.options() == other.options()
    for ours, theirs in zip(one.batch(PAIRS), one.batch(apart), strict=True):
        assert (ours is None and theirs is None) or ours.equal(theirs)
    answers = [texts[0] for texts in PAIRS.solutions]
    assert one.evaluate(apart, answers)["exact"].values.all()


def test_one_source_coded_in_two_ways_is_one_source(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("fähre\tferry\nfa\u0308hre\tboat\n", encoding="utf-8")
    found = Text("files").source(str(path))
    assert (found.inputs, found.solutions) == (["fähre"], [["ferry", "boat"]])
