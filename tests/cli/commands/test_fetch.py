from __future__ import annotations

import hashlib
import json

import pytest

from tests.serving import serving

CAPTIONS = b"a dog\ntwo dogs\n"


@pytest.fixture
def captions(tmp_path, monkeypatch):
    """Serves a data set by the name multi30k; gives a data folder that is not there yet."""
    names = [
        f"{name}.{side}" for name in ("train", "val", "test_2016_flickr") for side in ("de", "en")
    ]
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PTRNET_DATA", str(tmp_path / "data"))
    sha256 = hashlib.sha256(CAPTIONS).hexdigest()
    told = {"summary": "captions", "home": "here", "licence": "free", "attribution": "us"}
    files = [[name, name, len(CAPTIONS), sha256] for name in names]
    (tmp_path / "task").mkdir()
    with serving(CAPTIONS) as service:
        content = {"multi30k": {**told, "base": service.url, "folder": "multi30k", "files": files}}
        (tmp_path / "task/datasets.json").write_text(json.dumps(content))
        monkeypatch.setattr(
            "ptrnet_suite.task.registry.task_folder", lambda name: tmp_path / "task"
        )
        yield tmp_path / "data"


def test_a_set_is_fetched_told_of_and_then_known_by_name(captions, checkpoints, ptrnet):
    missing = ptrnet("evaluate", "text", "--data", "multi30k:test")
    assert missing.code == 2
    assert "`ptrnet fetch multi30k` gets it" in missing.err
    ran = ptrnet("fetch", "multi30k")
    assert (ran.code, ran.err) == (0, "")
    assert "6 fetched, 0 were there already" in ran.out
    assert "us; licence: free; here" in ran.out
    assert (
        sorted(path.name for path in (captions / "multi30k").iterdir())[0] == "test_2016_flickr.de"
    )
    assert "0 fetched, 6 were there already" in ptrnet("fetch", "multi30k").out
    listed = ptrnet("fetch").out
    assert "captions" in listed
    assert "all" in listed


def test_a_set_may_be_put_elsewhere(captions, tmp_path, ptrnet):
    assert ptrnet("fetch", "multi30k", "--to", tmp_path / "there").code == 0
    assert (tmp_path / "there/multi30k/val.en").read_bytes() == CAPTIONS
    assert not captions.exists()


def test_an_unknown_set_is_answered_with_the_known_ones(ptrnet):
    ran = ptrnet("fetch", "imagenet")
    assert ran.code == 2
    assert "there is no data set 'imagenet'; there are" in ran.err
    assert "multi30k" in ran.err


def test_files_in_pairs_and_public_names_are_evaluated(captions, tmp_path, ptrnet):
    """From training on a fetched name to figures on it, with the checksum of both files."""
    assert ptrnet("fetch", "multi30k").code == 0
    config = {
        "options": {"problem": "translation", "subword_size": 30, "shared_subwords": True},
        "model": {
            "width": 8,
            "encoder": {"kind": "gru", "layers": 1},
            "decoder": {"kind": "gru", "layers": 1},
        },
        "data": {"sources": ["multi30k:train"]},
        "validation": {"source": "multi30k:valid", "count": 2, "every": 2},
        "steps": 2,
        "batch_size": 2,
        "threads": 1,
    }
    (tmp_path / "tiny.yaml").write_text(json.dumps(config))
    words = ("train", "text", "--config", tmp_path / "tiny.yaml", "--output", tmp_path / "run")
    assert ptrnet(*words).code == 0
    source, target = (captions / f"multi30k/test_2016_flickr.{side}" for side in ("de", "en"))
    found = []
    for data in ("multi30k:test", f"{source}+{target}"):
        ran = ptrnet(
            "evaluate", "text", "--checkpoint", tmp_path / "run", "--data", data,
            "--json", tmp_path / "figures.json",
        )  # fmt: skip
        assert ran.code == 0, ran.err
        found.append(json.loads((tmp_path / "figures.json").read_text()))
        assert found[-1]["data"]["path"] == data
    assert found[0]["metrics"] == found[1]["metrics"]
    assert found[0]["count"] == 2
    sha256 = hashlib.sha256(2 * CAPTIONS).hexdigest()
    assert [each["data"]["sha256"] for each in found] == [sha256] * 2
