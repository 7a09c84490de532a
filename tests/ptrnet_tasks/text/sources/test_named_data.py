"""Data by its name, and parts of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from ptrnet_tasks.text.task import Text

from ptrnet_suite.errors import InputError
from tests.locations import SHARED, needs_data

TASK = Text("g2p")
PUBLISHED = SHARED / "text/cmudict"


def written(folder: Path, content: str | bytes, name: str = "pairs.tsv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@needs_data
def test_a_file_is_parted_as_the_dictionary_is() -> None:
    path = PUBLISHED / "g014b2b.test"
    train, valid, test = (TASK.source(f"{path}:{part}") for part in ("train", "valid", "test"))
    words = [*train.inputs, *valid.inputs, *test.inputs]
    assert sorted(words) == sorted(TASK.source(str(path)).inputs)
    assert 0.04 < len(valid) / 12_000 < 0.06
    assert not set(train.inputs) & set(TASK.source("cmudict:test").inputs)


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
