"""Names and headers of checkpoint files, and what is told of damaged ones."""

from __future__ import annotations

import json
from collections.abc import Callable
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


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "four bytes": lambda data: data[:4],
    "eight bytes": lambda data: data[:8],
    "cut header": lambda data: data[:100],
    "cut weights": lambda data: data[:-1],
    "a byte more": lambda data: data + b"x",
    "long header": lambda data: (2**63).to_bytes(8, "little") + data[8:],
    "header of 100 MB": lambda data: (10**8).to_bytes(8, "little") + bytes(10**8),
    "no length": lambda data: bytes(8) + data[8:],
    "no UTF-8": lambda data: data[:9] + b"\xff" + data[10:],
    "zip": lambda data: b"PK\x03\x04" + data[4:],
    "text": lambda data: b"0 0\n1 1\n",
}


@pytest.mark.parametrize("change", BYTES.values(), ids=BYTES)
def test_a_file_of_other_bytes_is_refused_before_it_is_read(
    change: Callable[[bytes], bytes], checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(change(checkpoints["tsp"].read_bytes()))
    with pytest.raises(InputError, match=f"^checkpoint {path}: "):
        load_checkpoint(path)
