"""Training from outside: it learns, it resumes exactly, it repeats itself, it tells what it did."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint, read_header
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, HeadConfig, ModelConfig
from ptrnet_suite.task.constraints import Permutation
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.config import DataConfig, TrainingConfig, ValidationConfig
from ptrnet_suite.training.loop import Trainer, train
from ptrnet_suite.training.optimiser import learning_rate
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from ptrnet_suite.training.stream import Stream
from tests.networks import SPECS, make_batch, make_model

SMALL = ModelConfig(
    32,
    0.1,
    EncoderConfig(layers=1, heads=2, feedforward=1, distances=True),
    DecoderConfig(layers=1, heads=2, feedforward=1),
    HeadConfig(relations=8, gain=10.0),
)
SORTING = TrainingConfig(
    model=SMALL,
    data=DataConfig(sizes=[5, 5]),
    validation=ValidationConfig(size=5, count=100, every=20),
    steps=40,
    batch_size=32,
    learning_rate=3e-3,
    warmup=10,
    threads=1,
)


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
        validation=ValidationConfig(size=3, count=100, every=300),
        steps=300,
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
    with pytest.raises(InputError, match=r"nothing to resume in .*no state.pt"):
        train("sorting", SORTING, tmp_path, resume=True)


def test_batches_depend_on_seed_and_step_alone() -> None:
    task = load_task("convex_hull")
    data = DataConfig(sizes=[5, 9], distributions=["uniform", "ring"])
    one, same, other = (Stream(task, data, 8, seed) for seed in (1, 1, 2))
    one.batch(0)
    assert torch.equal(one.batch(7).inputs, same.batch(7).inputs)
    assert torch.equal(one.batch(7).targets, same.batch(7).targets)  # type: ignore[arg-type]
    assert one.batch(8).inputs.shape != other.batch(8).inputs.shape or not torch.equal(
        one.batch(8).inputs, other.batch(8).inputs
    )


def test_an_epoch_shows_every_stored_instance_once(tmp_path: Path) -> None:
    task = load_task("sorting")
    stored = task.label(task.generate(4, 50, seed=3))
    task.formats.write(stored, tmp_path / "values.npz")
    stream = Stream(task, DataConfig([str(tmp_path / "values.npz")], augment=False), 16, 1)
    for epoch in range(2):
        seen = np.concatenate([stream.batch(4 * epoch + i).inputs.numpy() for i in range(4)])
        expected = np.sort(np.asarray(stored.inputs, np.float32).reshape(50, 4), 0)
        assert np.array_equal(np.sort(seen.reshape(50, 4), 0), expected)


def test_smoothed_loss_equals_its_equation() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [4])
    batch = batch._replace(
        targets=torch.tensor([[2, 0, 3, 1]]), target_mask=torch.ones(1, 4, dtype=torch.bool)
    )
    assert batch.targets is not None
    scores = model(batch, batch.targets, constraint.masks_along(batch, 4, batch.targets))[0]
    hard, soft = [], []
    for step, target in enumerate([2, 0, 3]):  # the last choice is forced and does not count
        allowed = scores[step][scores[step].isfinite()]
        hard.append(-scores[step, target])
        soft.append(-allowed.mean())
    expected = 0.9 * torch.stack(hard).mean() + 0.1 * torch.stack(soft).mean()
    torch.testing.assert_close(TeacherForcing(0.1).loss(model, batch, constraint), expected)


def test_a_batch_without_solutions_cannot_force_a_teacher() -> None:
    spec, _ = SPECS["sorting"]
    with pytest.raises(InputError, match="needs solutions"):
        TeacherForcing().loss(make_model(spec), make_batch(spec, [3]), Permutation())


def test_the_learning_rate_rises_then_falls_to_a_hundredth() -> None:
    config = replace(SORTING, steps=100, warmup=10, learning_rate=1.0)
    rates = [learning_rate(config, step) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[10] == pytest.approx(1.0)
    assert rates[100] == pytest.approx(0.01)
    assert rates[10:] == sorted(rates[10:], reverse=True)


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


def test_sources_of_which_only_some_are_solved_are_refused(tmp_path: Path) -> None:
    task = load_task("sorting")
    instances = task.generate(4, 5, seed=3)
    for name, kept in {"solved": task.label(instances), "unsolved": instances}.items():
        task.formats.write(kept, tmp_path / f"{name}.npz")
    names = [str(tmp_path / f"{name}.npz") for name in ("solved", "unsolved")]
    with pytest.raises(InputError, match=r"unsolved.npz has no solutions"):
        Stream(task, DataConfig(names), 2, 1)
