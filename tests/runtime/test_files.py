"""Files that are whole or not there, folders, checksums."""

from __future__ import annotations

import hashlib
import json
import os
import stat

import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime import files


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "deep" / "er" / "figures.txt"
    with files.atomic_write(path) as temporary:
        temporary.write_text("first")
        assert not path.exists()
        assert temporary.suffix == ".txt"
    assert path.read_text() == "first"

    def broken() -> None:
        with files.atomic_write(path) as temporary:
            temporary.write_text("half of the sec")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        broken()
    assert path.read_text() == "first"
    assert list(path.parent.iterdir()) == [path]


def test_a_written_file_has_the_rights_of_any_other(tmp_path):
    (tmp_path / "usual").touch()
    with files.atomic_write(tmp_path / "ours"):
        pass
    usual, ours = (stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("usual", "ours"))
    assert usual == ours


def test_a_folder_is_made_with_its_parents_or_refused(tmp_path):
    assert list(files.make_folder(tmp_path / "deep" / "er").iterdir()) == []
    (tmp_path / "file").touch()
    for place in ("file", "file/folder"):
        with pytest.raises(InputError, match=f"{place} cannot be written to"):
            files.make_folder(tmp_path / place)


@pytest.mark.parametrize("place", ["folder", "file/figures.json"])
def test_a_place_that_cannot_be_written_is_told(place, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with (
        pytest.raises(InputError, match="cannot be written"),
        files.atomic_write(tmp_path / place),
    ):
        pass


def test_json_comes_back_as_it_went(tmp_path):
    content = {"name": "Zürich", "values": [1.5, None, True]}
    files.write_json(tmp_path / "a.json", content)
    assert json.loads((tmp_path / "a.json").read_text()) == content


def test_sha256_is_that_of_the_bytes(tmp_path):
    content = os.urandom(300_000)
    (tmp_path / "bytes").write_bytes(content)
    assert files.file_sha256(tmp_path / "bytes") == hashlib.sha256(content).hexdigest()
    with pytest.raises(InputError, match="cannot be read"):
        files.file_sha256(tmp_path / "none")
