"""Data that several commands are tried on."""

from __future__ import annotations

import pytest

from ptrnet_suite.task.registry import load_task


@pytest.fixture(scope="module")
def tours(tmp_path_factory):
    """A file of 20 labelled instances of 8 cities."""
    task = load_task("tsp")
    path = tmp_path_factory.mktemp("data") / "tours.npz"
    task.formats.write(task.label(task.generate(8, 20, seed=5)), path)
    return path
