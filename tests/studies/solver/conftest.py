"""Random small models as checkpoint files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ptrnet_suite.model.checkpoint import save_checkpoint
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model

OPTIONS = {"text": {"problem": "reverse"}}


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., str]:
    """Writes a random model of a task and returns its file; `seed` and `decoder` vary it."""

    def save(name: str, decoder: str = "gru", encoder: str = "lstm", seed: int = 0) -> str:
        task = load_task(name, OPTIONS.get(name))
        path = tmp_path / f"{name}_{decoder.replace(' ', '_')}{seed}.safetensors"
        model = make_model(task.spec, decoder, encoder, seed=seed)
        save_checkpoint(path, model, task, {"sizes": [3, 9]})
        return str(path)

    return save
