"""Where text comes from: files, the dictionary and its split, the published split."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.text.problems import LETTERS, PHONES
from ptrnet_tasks.text.sources.g2p import dictionary
from ptrnet_tasks.text.sources.pairs import read_pairs
from ptrnet_tasks.text.sources.splits import part_of
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from tests.locations import SHARED, needs_data

TASK = Text("g2p")
PUBLISHED = SHARED / "text/cmudict"


def written(folder: Path, content: str | bytes, name: str = "pairs.tsv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@needs_data
def test_the_published_split_has_the_words_that_papers_count() -> None:
    train, test = (TASK.formats.read(PUBLISHED / f"g014b2b.{part}") for part in ("train", "test"))
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
    theirs, ours = TASK.formats.read(PUBLISHED / "g014b2b.test"), dictionary()
    pairs = zip(theirs.inputs, theirs.solutions, strict=True)
    shared = [(ours[word], known) for word, known in pairs if word in ours]
    assert len(shared) > 11_900
    assert sum(bool({*first} & {*second}) for first, second in shared) / len(shared) > 0.9


@needs_data
def test_a_file_is_parted_as_the_dictionary_is() -> None:
    path = PUBLISHED / "g014b2b.test"
    train, valid, test = (TASK.source(f"{path}:{part}") for part in ("train", "valid", "test"))
    words = [*train.inputs, *valid.inputs, *test.inputs]
    assert sorted(words) == sorted(TASK.source(str(path)).inputs)
    assert 0.04 < len(valid) / 12_000 < 0.06
    assert not set(train.inputs) & set(TASK.source("cmudict:test").inputs)


def test_the_parts_of_the_dictionary_share_no_word_and_hold_all() -> None:
    parts = [TASK.source(f"cmudict:{part}") for part in ("train", "valid", "test")]
    words = [word for part in parts for word in part.inputs]
    assert len(words) == len(set(words)) == len(dictionary())
    shares = [len(part) / len(words) for part in parts]
    assert shares == pytest.approx([0.90, 0.05, 0.05], abs=0.003)


def test_the_part_of_a_word_never_changes() -> None:
    words = ["HELLO", "ÉTÉ", "TOUR", "CHUAN", "BEAM", "CHRYSTAL"]
    assert [part_of(word) for word in words] == [*["train"] * 2, *["valid"] * 2, *["test"] * 2]


def test_the_first_words_of_a_part_are_a_fair_sample() -> None:
    words = TASK.source("cmudict:valid").inputs[:1000]
    early = sum(word.strip("'") < "M" for word in words) / 1000
    assert 0.45 < early < 0.62


def test_a_word_has_its_pronunciations_once_and_without_stress() -> None:
    known = dictionary()
    assert known["ABSOLVES"] == ["AH B Z AA L V Z", "AE B Z AA L V Z"]
    assert known["RECORD"] == ["R AH K AO R D", "R EH K ER D", "R IH K AO R D"]
    assert not any(character not in LETTERS for word in known for character in word)
    for references in known.values():
        assert len(references) == len(set(references))
        assert {phone for text in references for phone in text.split()} <= {*PHONES}


def test_a_source_on_several_lines_has_several_references(tmp_path: Path) -> None:
    path = written(tmp_path, "B\tB IY\nA\tAH\r\n\nB\tB\nA\tAH\n", "words.test")
    found = TASK.formats.read(path)
    assert found.inputs == ["B", "A"]
    assert found.solutions == [["B IY", "B"], ["AH"]]
    assert found.source == str(path)


def test_lines_without_a_tab_are_sources_to_be_solved(tmp_path: Path) -> None:
    found = TASK.formats.read(written(tmp_path, "\ufeffhello\nworld", "words.txt"))
    assert (found.inputs, found.solutions) == (["hello", "world"], None)


FIELD = st.text(st.characters(exclude_characters="\t\r\n\ufeff", exclude_categories=["C"])).filter(
    lambda text: text != "" and text == text.strip()
)


@given(st.dictionaries(FIELD, st.lists(FIELD, min_size=1, max_size=3, unique=True), min_size=1))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, known: dict[str, list[str]]
) -> None:
    path = tmp_path_factory.mktemp("pairs") / "pairs.tsv"
    TASK.formats.write(Instances([*known], [*known.values()]), path)
    again = TASK.formats.read(path)
    assert dict(zip(again.inputs, again.solutions, strict=True)) == known
    assert [file.name for file in path.parent.iterdir()] == ["pairs.tsv"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "holds no text"),
        ("\n \n", "holds no text"),
        ("A\tAH\nB\t\n", "line 2 has an empty target"),
        ("A\tAH\n\tB IY\n", "line 2 has an empty source"),
        ("A\tAH\tEY\n", "line 1 has 3 columns"),
        ("A\tAH\nB\n", "line 2 has 1 columns"),
        ("A\nB\tB IY\n", "line 2 has 2 columns"),
        (b"A\tAH\n\xff\n", "is not UTF-8 text"),
        (b"PK\x03\x04\0\0", "is not text but binary"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(
    tmp_path: Path, content: str | bytes, told: str
) -> None:
    path = written(tmp_path, content)
    with pytest.raises(InputError, match=told) as caught:
        read_pairs(path)
    assert str(path) in str(caught.value)
    assert "source<TAB>target" in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.tsv", tmp_path):
        with pytest.raises(InputError, match="cannot read"):
            TASK.formats.read(path)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [("pairs.npz", "A", "accepted is the suffix .tsv"), ("pairs.tsv", "A\tB", "no tab"),
     ("missing/pairs.tsv", "A", "cannot write")],
)  # fmt: skip
def test_text_that_cannot_be_written_is_refused(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        TASK.formats.write(Instances([text], [["AH"]]), tmp_path / name)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("name", ["cmudict", "cmudict:dev", "nothing.tsv", "", ":train"])
def test_an_unknown_name_is_answered_with_the_known_ones(name: str) -> None:
    with pytest.raises(
        InputError,
        match=r"accepted are FILE .* cmudict, multi30k.* followed by :train, :valid or :test",
    ):
        TASK.source(name)


def test_training_data_without_targets_is_refused_unless_the_task_knows_them(
    tmp_path: Path,
) -> None:
    path = str(written(tmp_path, "abc\nhello\n"))
    assert Text("reverse").source(path).solutions == [["cba"], ["olleh"]]
    assert TASK.source(path).solutions[1] == ["HH AH L OW", "HH EH L OW"]
    with pytest.raises(InputError, match="has no targets"):
        Text("files").source(path)
