"""Public data sets: what is listed of them, and where they are found."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ptrnet_suite.cli.commands.fetch import known_sets
from ptrnet_suite.data.public import data_folders, find_data
from ptrnet_suite.errors import InputError
from tests.locations import SHARED, needs_data


def test_every_listed_file_is_public_pinned_and_has_a_place_of_its_own() -> None:
    files = [file for each in known_sets().values() for file in each.files]
    assert len(files) > 150
    assert len({file.path for file in files}) == len(files)
    for file in files:
        assert file.url.startswith("https://raw.githubusercontent.com/")
        assert len(file.url.split("/")[5]) == len("a3d2e0d26b56f3846f66a952536ffed4e401d05a")
        assert len(bytes.fromhex(file.sha256)) == 32
        assert not file.path.is_absolute()
        assert ".." not in file.path.parts
        assert file.size is not None
    for each in known_sets().values():
        assert all((each.summary, each.licence, each.attribution))
        assert each.home.startswith("https://")


@needs_data
def test_the_listed_checksums_are_those_of_the_data_that_we_have() -> None:
    have = {hashlib.sha256(path.read_bytes()).hexdigest() for path in SHARED.rglob("*.tsp")}
    have |= {hashlib.sha256(path.read_bytes()).hexdigest() for path in SHARED.rglob("text/*/*")}
    listed = {file.sha256 for each in known_sets().values() for file in each.files}
    assert len(have & listed) > 90


def test_data_is_found_packed_or_not_in_its_folder_or_flat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PTRNET_DATA", str(tmp_path / "data"))
    assert data_folders() == [tmp_path / "data", tmp_path / "home/.cache/ptrnet_suite"]
    for place in ("data/a/x.gz", "data/y", "home/.cache/ptrnet_suite/a/z"):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert find_data("set", "a/x") == tmp_path / "data/a/x.gz"
    assert find_data("set", "a/y.gz") == tmp_path / "data/y"
    assert find_data("set", "a/z") == tmp_path / "home/.cache/ptrnet_suite/a/z"
    with pytest.raises(InputError, match=r"a/w is not in .*data nor in .*; `ptrnet fetch set`"):
        find_data("set", "a/w")
    monkeypatch.delenv("PTRNET_DATA")
    assert data_folders() == [tmp_path / "home/.cache/ptrnet_suite"]
