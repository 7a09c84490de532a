"""Names and headers of checkpoint files, and what is told of damaged ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.checkpoint_files import HEADER, find_checkpoint, read_header, shipped
from ptrnet_suite.model.config import ModelConfig


def write(path: Path, metadata: dict[str, str]) -> Path:
    save_file({"weight": np.zeros(1)}, path, metadata)
    return path


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        ({}, "has no ptrnet_suite header, so it is not one of ours"),
        ({HEADER: "{"}, "its header is damaged"),
        ({HEADER: "3"}, "its header is damaged"),
        ({HEADER: '{"task": "tsp", "options": {}, "model": {}}'}, "damaged .it lacks 'record'"),
    ],
)
def test_a_file_with_another_header_is_refused(
    metadata: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=sentence):
        read_header(write(tmp_path / "x.safetensors", metadata))


def test_a_config_that_is_wrong_in_a_header_is_told_with_the_file(tmp_path: Path) -> None:
    model = ModelConfig().to_dict() | {"colour": "red"}
    header = {"task": "tsp", "options": {}, "model": model, "record": {}}
    path = write(tmp_path / "x.safetensors", {HEADER: json.dumps(header)})
    with pytest.raises(InputError) as caught:
        load_checkpoint(path)
    told = f"checkpoint {path}: there is no value 'model.colour'; there are model.width,"
    assert str(caught.value).startswith(told)


def test_a_checkpoint_is_found_by_its_shipped_name_its_file_or_its_run(tmp_path: Path) -> None:
    name, path = next(iter(shipped().items()))
    assert find_checkpoint(name) == find_checkpoint(path) == path
    best = write(tmp_path / "best.safetensors", {})
    assert find_checkpoint(tmp_path) == best
    with pytest.raises(InputError, match=r"no checkpoint 'tsp5O'; did you mean 'tsp50'; no such"):
        find_checkpoint("tsp5O")
