"""The dictionary of pronunciations, and the published split of it."""

from __future__ import annotations

import pytest
from ptrnet_tasks.text.problems import LETTERS
from ptrnet_tasks.text.sources.g2p import dictionary
from ptrnet_tasks.text.sources.lexicon import PHONES
from ptrnet_tasks.text.task import Text

from tests.locations import SHARED, needs_data

TASK = Text("g2p")
PUBLISHED = SHARED / "text/cmudict"


@needs_data
def test_the_published_split_has_the_words_that_papers_count() -> None:
    train, test = (TASK.source(str(PUBLISHED / f"g014b2b.{part}")) for part in ("train", "test"))
    assert (len(train), len(test)) == (106_837, 12_000)
    assert sum(map(len, train.solutions)) == 113_438
    assert sum(map(len, test.solutions)) == 12_753
    assert not set(train.inputs) & set(test.inputs)
    TASK.formats.check(train)
    TASK.formats.check(test)
    assert {phone for each in test.solutions for text in each for phone in text.split()} == {
        *PHONES
    }


@needs_data
def test_the_published_split_and_ours_agree_on_most_pronunciations() -> None:
    theirs, ours = TASK.source(str(PUBLISHED / "g014b2b.test")), dictionary()
    pairs = zip(theirs.inputs, theirs.solutions, strict=True)
    shared = [(ours[word], known) for word, known in pairs if word in ours]
    assert len(shared) > 11_900
    assert sum(bool({*first} & {*second}) for first, second in shared) / len(shared) > 0.9


def test_the_parts_of_the_dictionary_share_no_word_and_hold_all() -> None:
    parts = [TASK.source(f"cmudict:{part}") for part in ("train", "valid", "test")]
    words = [word for part in parts for word in part.inputs]
    assert len(words) == len(set(words)) == len(dictionary())
    shares = [len(part) / len(words) for part in parts]
    assert shares == pytest.approx([0.90, 0.05, 0.05], abs=0.003)


def test_a_word_has_its_pronunciations_once_and_without_stress() -> None:
    known = dictionary()
    assert known["ABSOLVES"] == ["AH B Z AA L V Z", "AE B Z AA L V Z"]
    assert known["RECORD"] == ["R AH K AO R D", "R EH K ER D", "R IH K AO R D"]
    assert not any(character not in LETTERS for word in known for character in word)
    for references in known.values():
        assert len(references) == len(set(references))
        assert {phone for text in references for phone in text.split()} <= {*PHONES}
