"""Averaged checkpoints, from outside in."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ptrnet_suite.cli.main import main
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.averaging import average
from ptrnet_suite.model.checkpoint import load_checkpoint, save_checkpoint
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.registry import load_task


def written(path: Path, seed: int, width: int = 16, dropout: float = 0.0) -> Path:
    """A random model of sorting."""
    torch.manual_seed(seed)
    task, config = load_task("sorting"), ModelConfig(width=width, dropout=dropout)
    save_checkpoint(path, Seq2Seq(config, task.spec), task, {"step": seed})
    return path


def test_every_weight_is_the_mean_in_the_given_shares(tmp_path: Path) -> None:
    first, second = (
        written(tmp_path / f"{seed}.safetensors", seed, dropout=0.1 * seed) for seed in (1, 2)
    )
    out = tmp_path / "mean.safetensors"
    assert main(["average", str(first), str(second), "--shares", "3", "1", "--out", str(out)]) == 0
    one, two, mean = (load_checkpoint(path) for path in (first, second, out))
    for name, weight in mean.model.state_dict().items():
        expected = 0.75 * one.model.state_dict()[name] + 0.25 * two.model.state_dict()[name]
        torch.testing.assert_close(weight, expected)
    assert [part["share"] for part in mean.record["averaged"]] == [0.75, 0.25]
    assert mean.record["averaged"][1]["sha256"] == two.sha256


def test_a_checkpoint_averaged_with_itself_stays(tmp_path: Path) -> None:
    path = written(tmp_path / "one.safetensors", 1)
    average([load_checkpoint(path), load_checkpoint(path)], [1, 1], tmp_path / "same.safetensors")
    before, after = (load_checkpoint(p) for p in (path, tmp_path / "same.safetensors"))
    for name, weight in after.model.state_dict().items():
        torch.testing.assert_close(weight, before.model.state_dict()[name])


def test_models_of_different_shape_are_refused(tmp_path: Path) -> None:
    small = load_checkpoint(written(tmp_path / "small.safetensors", 1))
    large = load_checkpoint(written(tmp_path / "large.safetensors", 1, width=32))
    with pytest.raises(InputError, match="large is a model of another shape than small"):
        average([small, large], [1, 1], tmp_path / "out.safetensors")
    assert not (tmp_path / "out.safetensors").exists()


@pytest.mark.parametrize("shares", [["1"], ["0", "0"], ["-1", "2"]])
def test_shares_that_do_not_fit_are_refused(
    tmp_path: Path, shares: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [str(written(tmp_path / f"{seed}.safetensors", seed)) for seed in (1, 2)]
    given = ["average", *paths, "--out", str(tmp_path / "o.safetensors"), "--shares", *shares]
    assert main(given) == 2
    assert "accepted is one number from 0 on for each" in capsys.readouterr().err
