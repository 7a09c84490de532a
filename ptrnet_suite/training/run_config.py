"""The file `config.json` in a run's folder: its task, and the values of its configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from ptrnet_suite.runtime.json_documents import read_json
from ptrnet_suite.runtime.parse_config import parse_config

CONFIG = "config.json"
"""Its name."""


@final
@dataclass(frozen=True)
class RunConfig:
    """What a run was told; `config` is that of a `TrainingConfig`, not checked yet."""

    task: str
    config: dict[str, Any]


def read_run_config(path: Path) -> RunConfig:
    """What such a file holds; raises InputError for another file."""
    return parse_config(RunConfig, read_json(path), str(path), open=True)
