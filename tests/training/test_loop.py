"""Training from outside: it learns, it resumes exactly, it repeats itself, it tells what it did."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint, read_header
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, ModelConfig
from ptrnet_suite.training.config import DataConfig, ValidationConfig
from ptrnet_suite.training.loop import Trainer, train
from tests.training.configs import SMALL, SORTING


def test_sorting_is_learned_in_seconds(tmp_path: Path) -> None:
    train("sorting", replace(SORTING, steps=120, validation=ValidationConfig(size=5)), tmp_path)
    assert load_checkpoint(tmp_path).record["validation"]["exact"] > 0.9


def test_a_program_may_train_without_a_bar(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from ptrnet_suite import training

    config = replace(SORTING, steps=2, validation=training.ValidationConfig(size=5, count=4))
    trainer = training.train("sorting", config, tmp_path)
    assert isinstance(trainer, training.Trainer)
    assert isinstance(config, training.TrainingConfig)
    assert trainer.step == 2
    assert capfd.readouterr() == ("", "")
    with pytest.raises(AttributeError, match="no attribute 'missing'"):
        _ = training.missing
    assert all(hasattr(training, name) for name in training.__all__)


def test_a_run_is_where_the_config_says_and_remembers_it(tmp_path: Path) -> None:
    config = replace(SORTING, steps=2, device="cpu")
    train("sorting", config, tmp_path / "run")
    assert load_checkpoint(tmp_path / "run").record["device"] == "cpu"
    with pytest.raises(InputError, match="device 'abacus' cannot be used here"):
        train("sorting", replace(config, device="abacus"), tmp_path / "none")
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no GPU here")
@pytest.mark.parametrize("kind", ["teacher_forcing", "scheduled_sampling", "reinforce", "pomo"])
def test_tours_are_learned_on_a_gpu(tmp_path: Path, kind: str) -> None:
    config = replace(SORTING, device="cuda", strategy={"kind": kind}, precision="float32")
    train("tsp", config, tmp_path)
    assert load_checkpoint(tmp_path).record["device"] == "cuda"


@pytest.mark.parametrize("decoder", ["lstm", "gru", "transformer"])
def test_every_kind_of_decoder_learns_to_reverse_a_word(tmp_path: Path, decoder: str) -> None:
    model = ModelConfig(
        64,
        0.0,
        EncoderConfig("gru", layers=1),
        DecoderConfig(decoder, layers=1, heads=2, attention="concat"),  # type: ignore[arg-type]
    )
    config = replace(
        SORTING,
        options={"problem": "reverse"},
        model=model,
        data=DataConfig(sizes=[2, 4]),
        validation=ValidationConfig(size=3, count=100, every=200),
        steps=200,
        batch_size=64,
        learning_rate=5e-3,
    )
    train("text", config, tmp_path)
    assert load_checkpoint(tmp_path).record["validation"]["token_accuracy"] > 0.9


def test_a_stopped_run_resumes_to_the_very_same_weights(tmp_path: Path) -> None:
    train("sorting", SORTING, tmp_path / "whole")
    stopped = Trainer("sorting", SORTING, tmp_path / "parts", resume=False)
    original = stopped._optimise

    def interrupted() -> tuple[float, float]:
        if stopped.step == 27:
            raise KeyboardInterrupt
        return original()

    stopped._optimise = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        stopped.train()
    train("sorting", SORTING, tmp_path / "parts", resume=True)
    whole, parts = (
        load_checkpoint(tmp_path / name / "last.safetensors").model for name in ("whole", "parts")
    )
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, parts.state_dict()[name]), name


def test_metrics_of_a_run_are_lines_of_json_in_order_of_steps(tmp_path: Path) -> None:
    train("sorting", SORTING, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "validation" in line] == [20, 40]
    logged = [line for line in lines if "loss" in line]
    assert {"learning_rate", "gradient_norm", "instances_per_second", "seconds"} <= set(logged[0])


def test_the_record_tells_how_a_checkpoint_was_made(tmp_path: Path) -> None:
    train("sorting", SORTING, tmp_path)
    record = read_header(tmp_path / "best.safetensors")["record"]
    assert record["sizes"] == [5, 5]
    assert record["instances"] == record["step"] * 32
    assert record["config"]["seed"] == 1
    assert {"machine", "versions", "seconds", "command", "validation"} <= set(record)


def test_nothing_to_resume_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing to resume in .*no state.safetensors"):
        train("sorting", SORTING, tmp_path, resume=True)


def test_steps_and_seconds_add_up_whatever_the_validation_is(tmp_path: Path) -> None:
    config = replace(SORTING, steps=110, validation=ValidationConfig(size=5, count=20, every=70))
    train("sorting", config, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    logged = [line for line in lines if "loss" in line]
    assert [line["step"] for line in logged] == [50, 70, 100, 110]
    trained = 0.0
    for before, line in zip([0, 50, 70, 100], logged, strict=True):
        trained += (line["step"] - before) * 32 / line["instances_per_second"]
    assert logged[-1]["seconds"] == pytest.approx(trained, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"data": DataConfig(sizes=[9, 5])}, r"data.sizes is \[9, 5\]"),
        ({"seed": -1}, "seed is -1"),
        ({"model": replace(SMALL, dropout=2.0)}, "model.dropout is 2.0"),
        ({"model": ModelConfig(33, encoder=EncoderConfig("lstm"))}, "model.width is 33"),
        ({"options": {"colour": 1}}, "no sorting option 'colour'"),
        ({"data": DataConfig(distributions=["lumpy"])}, "lumpy"),
    ],
)
def test_a_wrong_value_is_told_before_a_folder_looks_like_a_run(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        train("sorting", replace(SORTING, **change), tmp_path)  # type: ignore[arg-type]
    assert not (tmp_path / "config.json").exists()


def test_training_may_begin_from_a_checkpoint_of_the_same_shape_only(tmp_path: Path) -> None:
    train("sorting", SORTING, tmp_path / "first")
    again = replace(SORTING, initial=str(tmp_path / "first"), steps=1, learning_rate=1e-9)
    trainer = train("sorting", again, tmp_path / "second")
    before = load_checkpoint(tmp_path / "first").model.state_dict()
    for name, weight in trainer.model.state_dict().items():
        torch.testing.assert_close(weight, before[name], atol=1e-6, rtol=0)
    with pytest.raises(InputError, match="of another shape"):
        train("convex_hull", again, tmp_path / "third")


def test_training_imports_neither_statistics_nor_tensorboard_before_a_run_begins() -> None:
    code = (
        "import sys, ptrnet_suite.training.loop, ptrnet_suite.training.strategies.reinforce\n"
        "assert 'torch' in sys.modules\n"
        "assert not {'scipy.stats', 'tensorboard', 'torch.utils.tensorboard'} & set(sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert (ran.returncode, ran.stderr) == (0, "")
