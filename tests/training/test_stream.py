"""Training batches: by tokens, less what is too long, and the same for the same seed and step."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptrnet_suite.data.concatenation import ConcatenatedColumn, concatenated
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, ModelConfig
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.batching import ByCount, ByTokens
from ptrnet_suite.training.config import DataConfig, TrainingConfig, ValidationConfig
from ptrnet_suite.training.loop import train
from ptrnet_suite.training.stream import Stream

LENGTHS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), min_size=1, max_size=80).map(
    np.array
)


@given(LENGTHS, st.integers(60, 200), st.integers(0, 3))
def test_batches_of_tokens_hold_every_instance_once_and_no_more_than_fits(
    lengths: np.ndarray, most: int, seed: int
) -> None:
    batching = ByTokens(lengths, most)
    found = batching.epoch(np.random.default_rng(seed))
    assert len(found) == batching.per_epoch
    assert sorted(np.concatenate(found).tolist()) == [*range(len(lengths))]
    for batch in found:
        assert len(batch) * lengths[batch].max(0).sum() <= most
        longer = lengths[batch].max(1)
        assert longer.max() < max(longer.min() + 1, longer.min() * 1.1 + 1)


@given(LENGTHS, st.integers(1, 20))
def test_batches_by_count_hold_every_instance_once(lengths: np.ndarray, count: int) -> None:
    batching = ByCount(lengths[:, 0], count)
    found = batching.epoch(np.random.default_rng(0))
    assert len(found) == batching.per_epoch
    assert sorted(np.concatenate(found).tolist()) == [*range(len(lengths))]
    assert sorted(map(len, found))[1:] == [count] * (len(found) - 1)


def test_like_lengths_share_batches_that_are_nearly_full() -> None:
    rng = np.random.default_rng(0)
    source = rng.poisson(15, 20_000) + 1
    lengths = np.stack([source, np.maximum(1, source + rng.integers(-3, 4, 20_000))], 1)
    found = ByTokens(lengths, 4096).epoch(rng)
    padded = [len(batch) * lengths[batch].max(0).sum() for batch in found]
    assert lengths.sum() / sum(padded) > 0.85
    assert np.median(padded) > 0.9 * 4096
    assert max(map(len, found)) > 2 * min(map(len, found))


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


def test_columns_are_joined_without_being_read() -> None:
    joined = ConcatenatedColumn([range(3), [7, 8], range(0), "ab"])
    assert list(joined) == [0, 1, 2, 7, 8, "a", "b"]
    assert (len(joined), joined[4], joined[1:4]) == (7, 8, [1, 2, 7])
    with pytest.raises(IndexError):
        joined[7]
    assert concatenated([[1], [2, 3]]) == [1, 2, 3]
    assert concatenated([np.zeros((1, 2)), np.ones((2, 2))]).shape == (3, 2)
    assert isinstance(concatenated([[1], range(2)]), ConcatenatedColumn)
