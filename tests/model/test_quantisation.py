"""Checkpoints in less space: what comes back is what was put in, but for the rounding."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ptrnet_suite.cli.main import main
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint, read_header, save_checkpoint
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.quantisation import packed, unpacked
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.registry import load_task


def _states() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return {
        "matrix": torch.randn(5, 7) * torch.logspace(-4, 2, 5)[:, None],
        "filters": torch.randn(4, 3, 2, 2),
        "vector": torch.randn(9),
        "nothing": torch.zeros(3, 4),
        "counter": torch.arange(6).view(2, 3),
    }


def test_float32_is_stored_as_it_is() -> None:
    states = _states()
    found = unpacked(packed(states, "float32"))
    assert all(torch.equal(found[name], states[name]) for name in states)


@pytest.mark.parametrize(("storage", "error"), [("float16", 2**-11), ("int8", 0.5 / 127 + 1e-6)])
def test_each_row_comes_back_within_its_rounding(storage: str, error: float) -> None:
    states = _states()
    found = unpacked(packed(states, storage))
    assert found.keys() == states.keys()
    for name, weight in states.items():
        assert found[name].dtype == weight.dtype
        assert found[name].shape == weight.shape
        rows, expected = found[name].flatten(1) if weight.dim() > 1 else found[name][None], weight
        expected = expected.flatten(1) if weight.dim() > 1 else expected[None]
        bound = error * expected.abs().amax(1, keepdim=True).float() + 1e-7
        assert ((rows - expected).abs() <= bound).all(), name


def test_int8_leaves_vectors_and_whole_numbers_alone() -> None:
    states = _states()
    found = unpacked(packed(states, "int8"))
    assert torch.equal(found["vector"], states["vector"])
    assert torch.equal(found["counter"], states["counter"])
    assert torch.equal(found["nothing"], states["nothing"])


def test_an_exported_checkpoint_is_small_and_nearly_the_same_model(tmp_path: Path) -> None:
    torch.manual_seed(0)
    task = load_task("sorting")
    whole, small = tmp_path / "whole.safetensors", tmp_path / "small.safetensors"
    save_checkpoint(whole, Seq2Seq(ModelConfig(width=64), task.spec), task, {"step": 3})
    given = ["export", str(whole), "--storage", "int8", "--out", str(small)]
    assert main(given) == 0
    assert small.stat().st_size < 0.35 * whole.stat().st_size
    assert read_header(small)["storage"] == "int8"
    one, two = load_checkpoint(whole), load_checkpoint(small)
    assert two.record == {"step": 3}
    for name, weight in one.model.state_dict().items():
        assert (two.model.state_dict()[name] - weight).abs().max() <= weight.abs().max() / 250


def test_an_unknown_storage_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="accepted are float32, float16, int8"):
        packed(_states(), "int4")
    assert main(["export", "sorting", "--out", str(tmp_path / "x.bin")]) == 2
