"""Copying: words that no vocabulary knows are written all the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.training.config import DataConfig, TrainingConfig, ValidationConfig
from ptrnet_suite.training.loop import train

WORDS = ["</s>", "<unk>", "my", "name", "is", "hello", "!"]


def _task() -> Text:
    return Text("files", ["<unk>", "i", "am", "x"], WORDS, copying=True)


def test_targets_point_to_source_words_that_the_vocabulary_lacks() -> None:
    task = _task()
    one = Instances(["i am zoe zoe", "am my"], [["hello zoe !"], ["my name"]])
    batch = task.batch(one)
    assert batch.copies is not None
    assert batch.targets is not None
    # i and am are no words of the target either; each stands for its first place.
    assert batch.copies.tolist() == [[7, 8, 9, 9], [7, 2, 0, 0]]
    assert batch.targets.tolist() == [[5, 9, 6, 0], [2, 3, 0, 0]]
    answers = task.answers(one, [np.array([5, 9, 6]), np.array([7, 3])])
    assert answers == ["hello zoe !", "am name"]


@pytest.mark.parametrize("decoder", ["lstm", "bahdanau", "transformer"])
def test_the_mixture_equals_the_equation_written_out(decoder: str) -> None:
    task = _task()
    torch.manual_seed(3)
    config = ModelConfig(
        16,
        0.0,
        EncoderConfig("lstm", 1),
        DecoderConfig(decoder, 1, 2, attention="concat"),  # type: ignore[arg-type]
    )
    model = Seq2Seq(config, task.spec).eval()
    batch = task.batch(Instances(["i am zoe am", "x y"], [["hello zoe"], ["my y !"]]))
    assert batch.targets is not None
    assert batch.copies is not None
    with torch.inference_mode():
        encoded = model.encode(batch)
        allowed = torch.ones(*batch.targets.shape, model.num_choices(encoded), dtype=torch.bool)
        found = model.trace(encoded, batch.targets, allowed)
        assert found.weights is not None
        chances = found.log_probabilities.exp()
    torch.testing.assert_close(chances.sum(2), torch.ones(batch.targets.shape))
    shares = []
    for row in range(2):
        length = int(batch.input_mask[row].sum())
        for time in range(batch.targets.shape[1]):
            attention = found.weights[row, :, time].mean(0)
            copied = np.zeros(chances.shape[2])
            for place in range(length):
                copied[batch.copies[row, place]] += float(attention[place])
            # Beyond the vocabulary there is only what is copied: the share tells 1 - p_gen.
            beyond = slice(len(WORDS), None)
            share = float(chances[row, time, beyond].sum()) / copied[beyond].sum()
            expected = share * copied[beyond]
            np.testing.assert_allclose(chances[row, time, beyond].numpy(), expected, atol=1e-6)
            inside = chances[row, time, : len(WORDS)].numpy() - share * copied[: len(WORDS)]
            assert (inside >= -1e-6).all()
            assert inside.sum() == pytest.approx(1 - share, abs=1e-5)
            shares.append(share)
    assert all(0 < share < 1 for share in shares)


def test_names_that_training_never_saw_are_copied(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)

    def name() -> str:
        return "".join(rng.choice(list("abcdefghijkl"), 6))

    def pairs(count: int) -> str:
        names = [(name(), name()) for _ in range(count)]
        return "".join(f"i am {one} of {two}\thello {one} from {two} !\n" for one, two in names)

    (tmp_path / "train.tsv").write_text(pairs(600))
    (tmp_path / "test.tsv").write_text(pairs(60))
    config = TrainingConfig(
        options={"problem": "files", "copying": True, "smallest_count": 50},
        model=ModelConfig(
            32, 0.0, EncoderConfig("gru", 1), DecoderConfig("gru", 1, attention="general")
        ),
        data=DataConfig([str(tmp_path / "train.tsv")]),
        validation=ValidationConfig(str(tmp_path / "test.tsv"), count=20, every=300),
        steps=300,
        batch_size=32,
        learning_rate=1e-2,
        warmup=10,
        precision="float32",
        threads=1,
    )
    train("text", config, tmp_path / "run")
    found = load_checkpoint(tmp_path / "run")
    instances = found.task.source(str(tmp_path / "test.tsv"))
    assert len(found.task.target_vocabulary) < 12  # type: ignore[attr-defined]
    for search in (Greedy(), Beam(3)):
        answers = solve_instances(found.model, found.task, instances, search)
        right = [
            answer in known for answer, known in zip(answers, instances.solutions, strict=True)
        ]  # type: ignore[arg-type]
        assert np.mean(right) >= 0.95


def test_subwords_and_different_levels_cannot_be_copied() -> None:
    with pytest.raises(InputError, match="copying from characters to words is not possible"):
        Text("g2p", copying=True)
    with pytest.raises(InputError, match="characters or words on both sides"):
        Text("translation", copying=True)
