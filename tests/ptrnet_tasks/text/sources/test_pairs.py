"""Files of text in the forms that public data has, and how each is refused when it is broken."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from ptrnet_tasks.text.sources.pairs import counted, read_pairs
from ptrnet_tasks.text.task import Text

from ptrnet_suite.errors import InputError
from tests.locations import SHARED, needs_data

PUBLIC = SHARED / "text"
TASK = Text("g2p")


def written(path: Path, text: str) -> Path:
    content = text.encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def zipped(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_two_files_are_read_line_by_line_packed_or_not(tmp_path: Path, suffix: str) -> None:
    source = written(tmp_path / f"a.de{suffix}", "ein Hund\r\neine Katze\r\nein Hund\r\n")
    target = written(tmp_path / f"a.en{suffix}", "a dog \na cat\nthe dog")
    found = read_pairs(Path(f"{source}+{target}"))
    assert found.inputs == ["ein Hund", "eine Katze", "ein Hund"]
    assert found.solutions == [["a dog"], ["a cat"], ["the dog"]]
    parts = [Text("files").source(f"{source}+{target}:{part}") for part in ("train", "test")]
    assert sum(map(len, parts)) == 3


def test_a_plus_in_a_file_name_is_no_pair(tmp_path: Path) -> None:
    one = written(tmp_path / "a+b.tsv", "x\ty\n")
    assert read_pairs(one).inputs == ["x"]
    source, target = written(tmp_path / "d+e", "x\n"), written(tmp_path / "c", "z\n")
    assert read_pairs(Path(f"{source}+{target}")).solutions == [["z"]]


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("a\nb\n", "x\n", r"a.de has 2 lines and .*a.en 1; accepted are files with a line for"),
        ("a\n\nb\n", "x\ny\nz\n", "a.de line 2 is blank"),
        ("a\nb\n", "x\n \t\n", "a.en line 2 is blank"),
        ("", "", "a.de holds no text"),
    ],
)
def test_two_files_that_do_not_fit_are_refused(
    tmp_path: Path, source: str, target: str, told: str
) -> None:
    first, second = written(tmp_path / "a.de", source), written(tmp_path / "a.en", target)
    with pytest.raises(InputError, match=told):
        read_pairs(Path(f"{first}+{second}"))


def test_a_missing_one_of_two_files_is_named(tmp_path: Path) -> None:
    first = written(tmp_path / "a.de", "a\n")
    for name in (f"{first}+{tmp_path / 'b'}", f"{tmp_path / 'b'}+{first}"):
        for read in (lambda name: read_pairs(Path(name)), Text("files").source):
            with pytest.raises(InputError, match=f"cannot read {tmp_path / 'b'}: no such file"):
                read(name)


def test_lines_of_scan_are_told_by_their_form(tmp_path: Path) -> None:
    path = written(
        tmp_path / "tasks.txt.gz", "IN: run twice OUT: I_RUN I_RUN\nIN: run OUT: I_RUN\n"
    )
    found = Text("scan").source(str(path))
    assert found.inputs == ["run twice", "run"]
    assert found.solutions == [["I_RUN I_RUN"], ["I_RUN"]]
    broken = written(tmp_path / "broken.txt", "IN: run OUT: I_RUN\nrun\tI_RUN\n")
    with pytest.raises(InputError, match=r"broken.txt line 2 is not 'IN: source OUT: target'"):
        read_pairs(broken)


def test_features_of_an_inflection_are_one_token_each(tmp_path: Path) -> None:
    lines = "walk\twalked\tV;PST\nbe\twas\tV;PST;SG\nbe\twere\tV;PST;SG\n"
    path = str(written(tmp_path / "english-train", lines))
    task = Text("inflection").fitted([path])
    found = task.source(path)
    assert found.inputs == ["walk<V><PST>", "be<V><PST><SG>"]
    assert found.solutions == [["walked"], ["was", "were"]]
    assert task.source_vocabulary.tokenise(found.inputs[0]) == [*"walk", "<V>", "<PST>"]
    assert {"<SG>", "w"} < set(task.source_vocabulary.alphabet)
    again = Text(**task.options())
    assert again.source_vocabulary == task.source_vocabulary
    task.formats.write(found, tmp_path / "pairs.tsv")
    assert task.source(str(tmp_path / "pairs.tsv")).inputs == found.inputs
    with pytest.raises(InputError, match="line 1 has 3 columns"):
        Text("files").formats.read(Path(path))
    written(tmp_path / "broken", "walk\twalked\tV;PST\nwalk\t\tV\n")
    with pytest.raises(InputError, match="line 2 is not of three columns"):
        task.formats.read(tmp_path / "broken")


def test_a_zip_is_read_without_its_notes_and_further_columns(tmp_path: Path) -> None:
    text = "Go.\tVa !\tCC-BY 2.0\nRun!\tCours !\tx\nRun!\tCourez !\ty\n"
    notes = {"fra-eng/_about.txt": "about\n", "__MACOSX/fra-eng/._fra.txt": "junk"}
    path = zipped(tmp_path / "fra-eng.zip", **{"fra-eng/fra.txt": text}, **notes)
    assert read_pairs(path).inputs == ["Go.", "Run!", "Run!"]
    found = counted(read_pairs(path))
    assert found.inputs == ["Go.", "Run!"]
    assert found.solutions == [["Va !"], ["Cours !", "Courez !"]]
    with pytest.raises(InputError, match="holds 2 text files"):
        read_pairs(zipped(tmp_path / "two.zip", **{"a.txt": "a\tb", "b.txt": "a\tb"}))
    with pytest.raises(InputError, match="line 2 has 1 columns"):
        read_pairs(zipped(tmp_path / "odd.zip", **{"a.txt": "a\tb\tc\na\n"}))


def test_a_packed_file_that_is_cut_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b"a\tb\n" * 1000)
    (tmp_path / "cut.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"cut.gz is not whole gzip data"):
        read_pairs(tmp_path / "cut.gz")


@needs_data
def test_public_files_have_the_sizes_that_their_papers_tell() -> None:
    names = {
        "multi30k/train.de.gz+{0}/multi30k/train.en.gz": 29_000,
        "multi30k/test_2016_flickr.de.gz+{0}/multi30k/test_2016_flickr.en.gz": 1000,
        "scan/tasks_train_simple.txt.gz": 16_728,
        "scan/tasks_test_length.txt.gz": 3920,
    }
    for name, count in names.items():
        assert len(read_pairs(PUBLIC / name.format(PUBLIC))) == count


def pairs_file(folder: Path, content: str | bytes, name: str = "pairs.tsv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_source_on_several_lines_has_several_references(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, "B\tB IY\nA\tAH\r\n\nB\tB\nA\tAH\n", "words.test")
    found = TASK.source(str(path))
    assert found.inputs == ["B", "A"]
    assert found.solutions == [["B IY", "B"], ["AH"]]
    assert found.source == str(path)
    lines = TASK.formats.read(path)
    assert lines.inputs == ["B", "A", "", "B", "A"]
    assert lines.solutions == [["B IY", "B"], ["AH"], [], ["B IY", "B"], ["AH"]]
    assert TASK.counted(lines).inputs == found.inputs


def test_lines_without_a_tab_are_sources_to_be_solved(tmp_path: Path) -> None:
    found = TASK.formats.read(pairs_file(tmp_path, "\ufeffhello\nworld", "words.txt"))
    assert (found.inputs, found.solutions) == (["hello", "world"], None)


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
    path = pairs_file(tmp_path, content)
    with pytest.raises(InputError, match=told) as caught:
        read_pairs(path)
    assert str(path) in str(caught.value)
    assert "source<TAB>target" in str(caught.value)
