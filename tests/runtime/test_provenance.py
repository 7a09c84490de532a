from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess

import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime import provenance as runtime


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "deep" / "er" / "figures.txt"
    with runtime.atomic_write(path) as temporary:
        temporary.write_text("first")
        assert not path.exists()
        assert temporary.suffix == ".txt"
    assert path.read_text() == "first"

    def broken() -> None:
        with runtime.atomic_write(path) as temporary:
            temporary.write_text("half of the sec")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        broken()
    assert path.read_text() == "first"
    assert list(path.parent.iterdir()) == [path]


def test_a_written_file_has_the_rights_of_any_other(tmp_path):
    (tmp_path / "usual").touch()
    with runtime.atomic_write(tmp_path / "ours"):
        pass
    usual, ours = (stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("usual", "ours"))
    assert usual == ours


def test_a_folder_is_made_with_its_parents_or_refused(tmp_path):
    assert list(runtime.make_folder(tmp_path / "deep" / "er").iterdir()) == []
    (tmp_path / "file").touch()
    for place in ("file", "file/folder"):
        with pytest.raises(InputError, match=f"{place} cannot be written to"):
            runtime.make_folder(tmp_path / place)


@pytest.mark.parametrize("place", ["folder", "file/figures.json"])
def test_a_place_that_cannot_be_written_is_told(place, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with (
        pytest.raises(InputError, match="cannot be written"),
        runtime.atomic_write(tmp_path / place),
    ):
        pass


def test_json_comes_back_as_it_went(tmp_path):
    content = {"name": "Zürich", "values": [1.5, None, True]}
    runtime.write_json(tmp_path / "a.json", content)
    assert json.loads((tmp_path / "a.json").read_text()) == content


def test_sha256_is_that_of_the_bytes(tmp_path):
    content = os.urandom(300_000)
    (tmp_path / "bytes").write_bytes(content)
    assert runtime.file_sha256(tmp_path / "bytes") == hashlib.sha256(content).hexdigest()
    with pytest.raises(InputError, match="cannot be read"):
        runtime.file_sha256(tmp_path / "none")


def test_the_device_is_one_that_works():
    assert runtime.choose_device("cpu") == torch.device("cpu")
    assert runtime.choose_device("auto").type in ("cpu", "cuda")
    for name in ("abacus", "cuda:99"):
        with pytest.raises(InputError, match=name):
            runtime.choose_device(name)


def test_threads_are_limited_and_told():
    before = torch.get_num_threads()
    try:
        assert runtime.set_threads(1) == 1
        assert runtime.set_threads(None) == 1
        with pytest.raises(InputError, match="at least 1"):
            runtime.set_threads(0)
    finally:
        torch.set_num_threads(before)


def test_the_same_seed_draws_the_same_numbers():
    first, second = (torch.rand(4, generator=runtime.seeded(7)) for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(first, torch.rand(4, generator=runtime.seeded(8)))


def test_a_seed_of_ours_leaves_the_callers_random_numbers_alone():
    before = torch.get_rng_state()
    runtime.seeded(7)
    assert torch.equal(torch.get_rng_state(), before)


def test_machine_and_versions_are_plain_json():
    facts = json.loads(json.dumps(runtime.machine()))
    assert facts["cores"] == len(os.sched_getaffinity(0))
    assert facts["memory_gib"] > 0.1
    assert facts["cpu"]
    assert facts["system"] == os.uname().sysname
    assert runtime.versions()["torch"] == torch.__version__


def test_the_commit_is_that_of_the_checkout():
    root = runtime.Path(runtime.__file__).parents[2]
    found = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False
    )
    commit = runtime.git_commit()
    if found.returncode or not (root / ".git").exists():
        assert commit is None
    else:
        assert commit is not None
        assert found.stdout.startswith(commit.removesuffix("-dirty"))


def test_an_installed_package_has_no_commit(monkeypatch, tmp_path):
    monkeypatch.setattr(
        runtime, "__file__", str(tmp_path / "site" / "ptrnet_suite" / "runtime" / "x.py")
    )
    assert runtime.git_commit() is None
