"""Checkpoints of untrained small models, and the command line called without a new process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from ptrnet_suite.cli.main import main
from ptrnet_suite.model.checkpoint import save_checkpoint
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.registry import load_task

OPTIONS: dict[str, dict[str, Any]] = {"text": {"problem": "g2p"}}


class Ran(NamedTuple):
    """What a command line left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def ptrnet(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command line, given as its words."""

    def run(*words: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Task -> file of a small untrained model."""
    folder, found = tmp_path_factory.mktemp("checkpoints"), {}
    for name in ("tsp", "convex_hull", "sorting", "text"):
        torch.manual_seed(1)
        task = load_task(name, OPTIONS.get(name))
        recurrent = name == "text"
        config = ModelConfig(
            width=16,
            encoder=EncoderConfig("lstm" if recurrent else "transformer", layers=1, heads=2),
            decoder=DecoderConfig("lstm" if recurrent else "glimpse", layers=1, heads=2),
        )
        found[name] = folder / f"{name}.safetensors"
        sizes = [1, 20] if name == "text" else [5, 10]
        record = {"sizes": sizes, "step": 0, "validation": {task.metrics[0].name: 0.5}}
        save_checkpoint(found[name], Seq2Seq(config, task.spec), task, record)
    return found
