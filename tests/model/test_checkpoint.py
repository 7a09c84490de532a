"""Checkpoints are read as they were written."""

from __future__ import annotations

from pathlib import Path

from ptrnet_suite.model.checkpoint import load_checkpoint, read_header, save_checkpoint
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model


def test_a_checkpoint_keeps_weights_config_and_record(tmp_path: Path) -> None:
    task = load_task("convex_hull")
    model = make_model(task.spec, "lstm", "gru forward")
    path = tmp_path / "kept.safetensors"
    save_checkpoint(path, model, task, {"sizes": [5, 50], "steps": 3})
    found = load_checkpoint(path)
    assert found.model.config == model.config
    assert found.record == read_header(path)["record"] == {"sizes": [5, 50], "steps": 3}
    assert all((a == b).all() for a, b in zip(model.parameters(), found.model.parameters()))  # noqa: B905
