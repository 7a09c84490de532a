"""A run's folder: configuration, metrics, checkpoints, and the state that resumes it."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, final

import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write, write_json


@final
class RunFolder:
    """Files of one training run.

    `config.json`, `metrics.jsonl` (a line per logged step), `best.safetensors`,
    `last.safetensors`, `state.pt` (optimiser and step, for resuming) and TensorBoard scalars where
    tensorboard is installed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._scalars: Any = None

    @property
    def best(self) -> Path:
        """The checkpoint of the best validation."""
        return self.folder / "best.safetensors"

    @property
    def last(self) -> Path:
        """The checkpoint of the last save."""
        return self.folder / "last.safetensors"

    def write_config(self, task: str, config: dict[str, Any]) -> None:
        """Writes the run's task and configuration."""
        write_json(self.folder / "config.json", {"task": task, "config": config})

    def open(self) -> None:
        """Begins to write TensorBoard's scalars, where tensorboard is installed."""
        with suppress(ImportError):
            # Takes seconds to import, so not before a run begins.
            from torch.utils.tensorboard import SummaryWriter

            self._scalars = SummaryWriter(str(self.folder / "tensorboard"))

    def log(self, entry: dict[str, Any]) -> None:
        """Appends a line to the metrics and, while it is open, to TensorBoard."""
        with (self.folder / "metrics.jsonl").open("a") as file:
            file.write(json.dumps(entry) + "\n")
        if self._scalars is None:
            return
        flat = {**entry, **{f"validation/{k}": v for k, v in entry.get("validation", {}).items()}}
        for name, value in flat.items():
            if isinstance(value, int | float) and name != "step":
                self._scalars.add_scalar(name, value, entry["step"])

    def save_state(self, state: dict[str, Any]) -> None:
        """Writes the resuming state, whole or not at all."""
        with atomic_write(self.folder / "state.pt") as partial:
            torch.save(state, partial)

    def load_state(self) -> dict[str, Any]:
        """The resuming state; metrics after it are cut. Raises InputError where there is none."""
        path = self.folder / "state.pt"
        if not path.is_file():
            raise InputError(f"nothing to resume in {self.folder}: it has no state.pt")
        state: dict[str, Any] = torch.load(path, weights_only=True)
        metrics = self.folder / "metrics.jsonl"
        if metrics.is_file():
            lines = [line for line in metrics.read_text().splitlines() if line]
            lines_before = [line for line in lines if json.loads(line)["step"] <= state["step"]]
            metrics.write_text("".join(line + "\n" for line in lines_before))
        return state

    def close(self) -> None:
        """Flushes TensorBoard."""
        if self._scalars is not None:
            self._scalars.close()
