"""Weights are held against the model before they are read, and must be finite."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint, save_checkpoint
from ptrnet_suite.model.checkpoint_files import HEADER, read_header
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.quantisation import SCALE
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.model.stored_weights import current_name, expected_weights
from ptrnet_suite.task.registry import load_task
from tests.changed_files import Weights, safetensors_of, value_at, with_header, with_weights

Change = Callable[[torch.Tensor], torch.Tensor | None]

MOST_MEMORY = 300_000
"""kB that refusing a file may take beyond what is taken already."""


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Storage -> file of a small untrained model for tours."""
    torch.manual_seed(0)
    task, files = load_task("tsp"), {}
    config = ModelConfig.from_dict({"width": 8, "encoder": {"layers": 1}, "decoder": {"layers": 1}})
    model = Seq2Seq(config, task.spec)
    for storage in ("float32", "float16", "int8"):
        files[storage] = tmp_path_factory.mktemp("stored") / f"{storage}.safetensors"
        save_checkpoint(files[storage], model, task, {}, storage)
    return files


def matrix_of(weights: Weights) -> str:
    return next(name for name, weight in weights.items() if weight.dim() == 2)


def change_matrix(
    change: Callable[[torch.Tensor], torch.Tensor | None],
) -> Callable[[Weights], None]:
    def changed(weights: Weights) -> None:
        name = matrix_of(weights)
        new = change(weights.pop(name))
        if new is not None:
            weights[name] = new

    return changed


def change_scale(
    change: Callable[[torch.Tensor], torch.Tensor | None],
) -> Callable[[Weights], None]:
    def changed(weights: Weights) -> None:
        name = next(name for name in weights if name.endswith(SCALE))
        new = change(weights.pop(name))
        if new is not None:
            weights[name] = new

    return changed


def set_first(value: float) -> Callable[[torch.Tensor], torch.Tensor]:
    def change(weight: torch.Tensor) -> torch.Tensor:
        weight.view(-1)[0] = value
        return weight

    return change


def rename(weights: Weights) -> None:
    name = matrix_of(weights)
    weights[f"{name}.of_a_newer_version"] = weights[name].clone()


@pytest.mark.parametrize(
    ("storage", "change", "reason"),
    [
        ("float32", change_matrix(lambda weight: None), "is missing"),
        ("float32", rename, "there is none called '.*of_a_newer_version' in such a model"),
        ("float32", change_matrix(lambda weight: weight[1:]), r"has the shape \[.*\], and needs"),
        ("float32", change_matrix(lambda weight: weight[None]), r"has the shape \[1, .*and needs"),
        ("float32", change_matrix(lambda weight: weight.to(torch.int8)), "is stored as I8"),
        ("float32", change_matrix(lambda weight: weight.long()), "is stored as I64"),
        ("float32", change_matrix(lambda weight: weight.bool()), "is stored as BOOL"),
        ("float32", change_matrix(lambda weight: weight.to(torch.complex64)), "is stored as C64"),
        ("float32", change_matrix(set_first(float("nan"))), r"1 of the \d+ numbers in .*undef"),
        ("float32", change_matrix(set_first(float("-inf"))), r"1 of the \d+ numbers"),
        ("float16", change_matrix(set_first(float("inf"))), r"1 of the \d+ numbers"),
        ("int8", change_scale(lambda scale: None), "is stored as I8, and its scale as None"),
        ("int8", change_scale(lambda scale: scale[1:]), "is stored as I8, and its scale as Stored"),
        ("int8", change_scale(lambda scale: scale[:, None]), "its scale as Stored"),
        ("int8", change_scale(lambda scale: scale.long()), "its scale as Stored"),
        ("int8", change_scale(set_first(float("nan"))), r"\d+ of the \d+ numbers"),
        ("int8", change_matrix(lambda weight: weight.float()), "is stored as F32, and its scale"),
        ("int8", change_matrix(lambda weight: weight.to(torch.uint8)), "is stored as U8"),
    ],
)  # fmt: skip
def test_weights_that_are_not_the_models_are_refused(
    storage: str, change: Callable[[Weights], None], reason: str,
    stored: dict[str, Path], tmp_path: Path,
) -> None:  # fmt: skip
    path = tmp_path / "changed.safetensors"
    path.write_bytes(with_weights(stored[storage], change))
    with pytest.raises(InputError, match=rf"^checkpoint {path}: .*{reason}"):
        load_checkpoint(path)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_other_precisions_are_read(
    dtype: torch.dtype, stored: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "changed.safetensors"
    path.write_bytes(
        with_weights(stored["float32"], change_matrix(lambda weight: weight.to(dtype)))
    )
    read, whole = load_checkpoint(path).model, load_checkpoint(stored["float32"]).model
    for name, weight in whole.state_dict().items():
        found = read.state_dict()[name]
        assert found.dtype == weight.dtype
        torch.testing.assert_close(found, weight, atol=0.02, rtol=0.02)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width", 65536),
        ("encoder.layers", 256),
        ("encoder.feedforward", 64),
        ("decoder.layers", 256),
    ],
)
def test_a_large_config_over_small_weights_is_refused_before_anything_is_built(
    name: str, value: int, stored: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "large.safetensors"
    path.write_bytes(with_header(stored["float32"], value_at(f"model.{name}", value)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match="weights do not fit its config"):
        load_checkpoint(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


def test_the_expected_weights_are_the_models_and_take_no_memory() -> None:
    spec = load_task("text", {"problem": "g2p"}).spec
    config = ModelConfig.from_dict({"encoder": {"kind": "lstm"}, "decoder": {"kind": "lstm"}})
    state = torch.get_rng_state()
    expected = expected_weights(config, spec)
    assert torch.equal(torch.get_rng_state(), state)
    made = Seq2Seq(config, spec).state_dict()
    assert {name: weight.shape for name, weight in expected.items()} == {
        name: weight.shape for name, weight in made.items()
    }
    assert all(weight.is_meta for weight in expected.values())


def test_a_former_name_and_todays_together_are_refused(
    checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    def twice(weights: Weights) -> None:
        weights["head.relate"] = torch.zeros(3)
        weights["relations.logit_weight"] = torch.zeros(3)

    assert current_name("head.relate") == "relations.logit_weight"
    path = tmp_path / "twice.safetensors"
    path.write_bytes(with_weights(checkpoints["tsp"], twice))
    with pytest.raises(InputError, match="under its former name and today's"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ("tensors", "data"),
    [
        ({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}, bytes(8)),
        ({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 8]}}, bytes(8)),
        ({"a": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 8]}}, bytes(8)),
        ({"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}, bytes(8)),
        ({"a": {"dtype": "F99", "shape": [2], "data_offsets": [0, 8]}}, bytes(8)),
        ({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 8]}}, bytes(8)),
        (
            {
                "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
                "b": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]},
            },
            bytes(12),
        ),
        ({"a": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}, bytes(12)),
        ({"a": []}, b""),
    ],
    ids=["cut", "short", "overflow", "reversed", "type", "negative", "overlap", "hole", "list"],
)
def test_a_header_that_lies_about_its_tensors_is_refused(
    tensors: dict[str, object], data: bytes, stored: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "lies.safetensors"
    header = {HEADER: json.dumps(read_header(stored["float32"]))}
    path.write_bytes(safetensors_of(tensors, data, header))
    with pytest.raises(InputError, match="cannot be read as safetensors"):
        load_checkpoint(path)


def test_a_weight_too_large_for_float16_is_told_when_it_is_written(
    stored: dict[str, Path], tmp_path: Path
) -> None:
    checkpoint = load_checkpoint(stored["float32"])
    with torch.no_grad():
        next(checkpoint.network.parameters()).view(-1)[0] = 1e6
    path = tmp_path / "half.safetensors"
    with pytest.raises(InputError, match=r"holds 1e\+06, and float16 ends at 65504"):
        save_checkpoint(path, checkpoint.network, checkpoint.task, {}, "float16")
    assert not path.exists()
