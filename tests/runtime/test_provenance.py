"""Where results come from: machine, versions, commit."""

from __future__ import annotations

import json
import os
import subprocess

import torch

from ptrnet_suite.runtime import provenance


def test_machine_and_versions_are_plain_json():
    facts = json.loads(json.dumps(provenance.machine()))
    assert facts["cores"] == len(os.sched_getaffinity(0))
    assert facts["memory_gib"] > 0.1
    assert facts["cpu"]
    assert facts["system"] == os.uname().sysname
    assert provenance.versions()["torch"] == torch.__version__


def test_the_commit_is_that_of_the_checkout():
    root = provenance.Path(provenance.__file__).parents[2]
    found = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False
    )
    commit = provenance.git_commit()
    if found.returncode or not (root / ".git").exists():
        assert commit is None
    else:
        assert commit is not None
        assert found.stdout.startswith(commit.removesuffix("-dirty"))


def test_an_installed_package_has_no_commit(monkeypatch, tmp_path):
    monkeypatch.setattr(
        provenance, "__file__", str(tmp_path / "site" / "ptrnet_suite" / "runtime" / "x.py")
    )
    assert provenance.git_commit() is None
