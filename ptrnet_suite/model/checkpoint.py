"""Checkpoints: one safetensors file with the weights, the config and the training record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from safetensors.torch import save

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint_files import HEADER, find_checkpoint, read_header, task_of
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.quantisation import packed
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.model.sequence_model import SequenceModel
from ptrnet_suite.model.stored_weights import expected_weights, read_weights
from ptrnet_suite.runtime.files import atomic_write, file_sha256
from ptrnet_suite.task.base import Task


@final
@dataclass(frozen=True)
class Checkpoint:
    """A trained model with everything that is known of it."""

    model: SequenceModel
    task: Task
    record: dict[str, Any]
    """Training: config, steps, seconds, hardware, versions, data, validation figures."""
    path: Path
    name: str
    sha256: str
    parameters: int

    @property
    def network(self) -> Seq2Seq:
        """The one network that it is; raises InputError where several answer together."""
        if not isinstance(self.model, Seq2Seq):
            raise InputError(f"{self.name} is several models together; give one of them")
        return self.model


def save_checkpoint(
    path: Path, model: Seq2Seq, task: Task, record: dict[str, Any], storage: str = "float32"
) -> None:
    """Writes weights and header to a temporary file, then renames it.

    storage: float32, float16 or int8, see `weights.packed`. Raises InputError for another one.
    """
    header = {
        "task": task.name,
        "options": task.options(),
        "model": model.config.to_dict(),
        "record": record,
        "storage": storage,
    }
    weights = packed(model.state_dict(), storage)
    whole = {name: tensor.contiguous() for name, tensor in weights.items()}
    content = save(whole, {HEADER: json.dumps(header)})
    with atomic_write(path) as partial:
        partial.write_bytes(content)


def load_checkpoint(name: str | Path) -> Checkpoint:
    """A checkpoint by shipped name or file; runs no code from the file.

    The file's shapes are held against its config before anything is built. Raises InputError for
    what is no checkpoint or a broken one.
    """
    path = find_checkpoint(name)
    header = read_header(path)
    task = task_of(header, path)
    config = ModelConfig.from_dict(header["model"], f"checkpoint {path}", "model")
    try:
        expected = expected_weights(config, task.spec)
    except InputError as error:
        raise InputError(f"checkpoint {path}: {error}") from None
    weights = read_weights(path, expected)
    model = Seq2Seq(config, task.spec)
    model.load_state_dict(weights)
    model.eval()
    return Checkpoint(
        model, task, header["record"], path, path.stem, file_sha256(path), model.parameters_count
    )
