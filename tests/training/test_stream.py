"""Training batches: by tokens, less what is too long, and the same for the same seed and step."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, ModelConfig
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.config import DataConfig, TrainingConfig, ValidationConfig
from ptrnet_suite.training.loop import train
from ptrnet_suite.training.stream import Stream


@pytest.fixture
def pairs(tmp_path: Path) -> str:
    """60 pairs of words of 1 to 20 letters, the target backwards."""
    rng = np.random.default_rng(1)
    words = ["".join(rng.choice([*"abcd"], rng.integers(1, 21))) for _ in range(60)]
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"{word}{place}\t{word[::-1]}\n" for place, word in enumerate(words)))
    return str(path)


OPTIONS = {"problem": "files", "source_level": "characters", "target_level": "characters"}


def test_a_stream_counts_tokens_of_both_sides_and_can_begin_anywhere(pairs: str) -> None:
    task = load_task("text", OPTIONS).fitted([pairs])
    data = DataConfig([pairs], batch_tokens=200)
    stream = Stream(task, data, 99, 1)
    seen = [stream.batch(step) for step in range(25)]
    assert len({batch.size for batch in seen}) > 3
    for step, batch in enumerate(seen):
        assert batch.targets is not None
        assert batch.inputs.numel() + batch.targets.numel() <= 200
        again = Stream(task, data, 99, 1).batch(step)
        assert batch.inputs.equal(again.inputs)
        assert batch.targets.equal(again.targets)  # type: ignore[arg-type]
    other = Stream(task, data, 99, 2).batch(0)
    assert not other.inputs.equal(seen[0].inputs)


def test_instances_that_are_too_long_are_left_out_and_counted(pairs: str) -> None:
    task = load_task("text", OPTIONS).fitted([pairs])
    stream = Stream(task, DataConfig([pairs], longest=12), 8, 1)
    kept = sum(len(text) <= 12 for text in task.source(pairs).inputs)
    assert stream.note == f"{60 - kept} instances are longer than data.longest and left out"
    epoch = [stream.batch(step) for step in range(-(-kept // 8))]
    assert sum(batch.size for batch in epoch) == kept
    assert max(int(batch.input_mask.sum(1).max()) for batch in epoch) == stream.size_range()[1]
    assert stream.size_range()[1] <= 12


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            {"batch_tokens": 20},
            r"batch_tokens is 20 and one instance has 4\d tokens; accepted is 4",
        ),
        ({"longest": 1}, "longest is 1; accepted here is 3 or more"),
        ({"batch_tokens": -1}, "batch_tokens is -1; accepted are whole numbers from 0 on"),
        ({"longest": -1}, "longest is -1; accepted are whole numbers from 0 on"),
    ],
)
def test_values_that_leave_nothing_are_refused(pairs: str, data: dict[str, int], told: str) -> None:
    task = load_task("text", OPTIONS).fitted([pairs])
    with pytest.raises(InputError, match=told):
        Stream(task, DataConfig([pairs], **data), 8, 1)


@pytest.mark.parametrize("name", ["batch_tokens", "longest"])
def test_generated_instances_are_not_counted_by_tokens(name: str) -> None:
    with pytest.raises(InputError, match=rf"data.{name} is 9 without data.sources"):
        Stream(load_task("sorting"), DataConfig(**{name: 9}), 8, 1)


def test_a_run_with_varying_batches_tells_its_true_rates(pairs: str, tmp_path: Path) -> None:
    config = TrainingConfig(
        options=OPTIONS,
        model=ModelConfig(
            16, encoder=EncoderConfig("gru", layers=1), decoder=DecoderConfig("gru", layers=1)
        ),
        data=DataConfig([pairs], batch_tokens=200, longest=15),
        validation=ValidationConfig(pairs, count=5, every=100),
        steps=12,
        threads=1,
    )
    trainer = train("text", config, tmp_path / "run")
    stream = Stream(trainer.task, config.data, config.batch_size, config.seed)
    batches = [stream.batch(step) for step in range(12)]
    (line,) = (
        entry
        for entry in map(json.loads, (tmp_path / "run/metrics.jsonl").read_text().splitlines())
        if "loss" in entry
    )
    count = sum(batch.size for batch in batches)
    tokens = sum(int(batch.target_mask.sum()) for batch in batches if batch.target_mask is not None)
    assert line["instances_per_second"] * line["seconds"] == pytest.approx(count)
    assert line["target_tokens_per_second"] * line["seconds"] == pytest.approx(tokens)
    assert trainer.record()["instances"] == count
    assert train("text", config, tmp_path / "run", resume=True).instances == count


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


def test_sources_of_which_only_some_are_solved_are_refused(tmp_path: Path) -> None:
    task = load_task("sorting")
    instances = task.generate(4, 5, seed=3)
    for name, kept in {"solved": task.label(instances), "unsolved": instances}.items():
        task.formats.write(kept, tmp_path / f"{name}.npz")
    names = [str(tmp_path / f"{name}.npz") for name in ("solved", "unsolved")]
    with pytest.raises(InputError, match=r"unsolved.npz has no solutions"):
        Stream(task, DataConfig(names), 2, 1)
