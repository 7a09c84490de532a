"""Runs that a signal stops, and what two runs of the same must share."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, final

import torch
from safetensors.torch import load_file

from ptrnet_suite.training.callbacks import Callback
from ptrnet_suite.training.loop import Trainer

TIMES = ("seconds", "cpu_seconds", "instances_per_second", "target_tokens_per_second")
"""Figures that no two runs share."""


@final
class SignalWhen(Callback):
    """Sends the process a signal after the first step for which `is_time` holds."""

    def __init__(
        self, is_time: Callable[[Trainer], bool], number: signal.Signals = signal.SIGINT
    ) -> None:
        self.is_time, self.number = is_time, number
        self.sent = 0

    def on_step(self, trainer: Trainer) -> None:
        if not self.sent and self.is_time(trainer):
            self.sent += 1
            os.kill(os.getpid(), self.number)


def signal_at(step: int, number: signal.Signals = signal.SIGINT) -> SignalWhen:
    """A signal after that step."""
    return SignalWhen(lambda trainer: trainer.step == step, number)


def lines(folder: Path) -> list[dict[str, Any]]:
    """The run's log without what the clock says."""
    text = (folder / "metrics.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    return [{name: row[name] for name in row if name not in TIMES} for row in rows]


def assert_same_run(first: Path, second: Path) -> None:
    """Weights of both checkpoints and every line of the log are the same, bit by bit."""
    for name in ("last", "best"):
        weights, others = (load_file(folder / f"{name}.safetensors") for folder in (first, second))
        assert weights.keys() == others.keys()
        for key, weight in weights.items():
            assert torch.equal(weight, others[key]), (name, key)
    assert lines(first) == lines(second)
