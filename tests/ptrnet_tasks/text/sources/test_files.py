"""Files of pairs are written and read."""

from __future__ import annotations

from pathlib import Path
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

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
