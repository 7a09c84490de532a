"""Files of pairs are written and read."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from unicodedata import is_normalized

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ptrnet_tasks.text.sources import files
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from tests.ptrnet_tasks.text.sources.hostile import contents

TASK = Text("files")
FIELD = st.text(st.characters(exclude_characters="\t\r\n\ufeff", exclude_categories=["C"])).filter(
    lambda text: text != "" and text == text.strip() and is_normalized("NFC", text)
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


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path / "missing.tsv", "missing.tsv cannot be read: No such file"),
        (tmp_path, "is not a file but a folder"),
        (Path("/dev/zero"), "is not a file but a device"),
    ):
        for name in (path, Path(f"stream:{path}")):
            with pytest.raises(InputError, match=told):
                TASK.source(str(name)) if name != path else TASK.formats.read(name)


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


READERS = {
    problem: Text(problem) for problem in ("g2p", "files", "translation", "inflection", "scan")
}


def read_without_harm(folder: Path, content: bytes, problem: str) -> None:
    """Reads it alone, as a stream and beside another file; nothing but one sentence escapes."""
    task, path = READERS[problem], folder / "file"
    path.write_bytes(content)
    names = (str(path), f"stream:{path}", f"{path}+{path}", f"{path}:train")
    for name in names:
        try:
            found = task.formats.read(path) if name == str(path) else task.source(name)
            task.formats.accept(found)
        except InputError:
            continue
        assert len(found) == len(found.sizes())
        for text in found.inputs:
            assert isinstance(text, str)
            assert is_normalized("NFC", text)


FUZZED = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@settings(max_examples=200, **FUZZED)
@given(content=contents(), problem=st.sampled_from([*READERS]))
def test_nothing_in_a_file_ends_in_more_than_a_sentence(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    read_without_harm(tmp_path, content, problem)


@pytest.mark.slow
@settings(max_examples=10_000, **FUZZED)
@given(content=contents(), problem=st.sampled_from([*READERS]))
def test_nothing_in_many_files_ends_in_more_than_a_sentence(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    read_without_harm(tmp_path, content, problem)


def test_what_unpacks_to_too_much_or_has_too_many_lines_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "UNPACKED", 1000)
    monkeypatch.setattr(files, "MOST_LINES", 50)
    path = tmp_path / "file"
    for content, told in (
        (gzip.compress(b"a" * 100_000), "unpacks to more than"),
        (zipped("a.txt", b"a" * 100_000), "unpacks to more than"),
        (zipped("a.txt", b"a" * 900, zipfile.ZIP_LZMA), "accepted are deflated and stored"),
        (b"\n" * 51 + b"a", "has 51 lines; accepted are 50"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=told):
            TASK.formats.read(path)
    for content in (gzip.compress(b"a" * 900), zipped("a.txt", b"a" * 900), b"\n" * 49 + b"a\n"):
        path.write_bytes(content)
        assert TASK.formats.read(path).inputs[-1].startswith("a")


def zipped(name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("coding", "told"), [("utf-16", ""), ("utf-8-sig", ""), ("latin-1", "is not UTF-8 text")]
)
def test_the_first_bytes_tell_the_coding(tmp_path: Path, coding: str, told: str) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes("Déjà	vu\n".encode(coding))
    if told:
        with pytest.raises(InputError, match=told):
            TASK.formats.read(path)
    else:
        assert TASK.formats.read(path).inputs == ["Déjà"]


def test_a_lexicon_in_latin_1_is_read_and_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "cmudict-0.7b"
    path.write_bytes("DÉJÀ  D EY2 ZH AA1\nHELLO  HH AH0 L OW1\n".encode("latin-1"))
    found = Text("g2p").formats.read(path)
    assert found.inputs == ["DÉJÀ", "HELLO"]
    assert found.notes[0] == f"{path} is read as latin-1, as its byte 1 is no UTF-8"
    path.write_bytes(bytes(range(128, 256)))
    with pytest.raises(InputError, match="is not UTF-8 text"):
        Text("g2p").formats.read(path)


def test_a_part_that_has_no_text_is_empty_and_refused_where_it_is_used(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("\na\tb\n")
    parts = [TASK.source(f"{path}:{part}") for part in ("train", "valid", "test")]
    assert sum(map(len, parts)) == 1
    with pytest.raises(InputError, match="holds no text"):
        TASK.prepare(next(part for part in parts if not len(part)))
