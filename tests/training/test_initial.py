"""Runs that go on from a checkpoint: its vocabulary is kept and added to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.perplexity import log_probabilities
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, ModelConfig
from ptrnet_suite.training.config import DataConfig, TrainingConfig, ValidationConfig
from ptrnet_suite.training.loop import Trainer, train

MODEL = ModelConfig(
    16, 0.0, EncoderConfig("lstm", layers=1), DecoderConfig("lstm", layers=1, attention="general")
)
OLD = "see\tS IY\nsaw\tS AO\nzoo\tZ UW\nass\tAE S\nsew\tS OW\nsow\tS AW\n"
NEW = "sé\tS EY\nñu\tNY UW\nsea\tS IY\n"


def config_of(path: Path, **changes: Any) -> TrainingConfig:
    config = TrainingConfig(
        options={"problem": "g2p"},
        model=MODEL,
        data=DataConfig([str(path)]),
        validation=ValidationConfig(str(path), count=4, every=20),
        steps=20,
        batch_size=4,
        warmup=2,
        threads=1,
        device="cpu",
        precision="float32",
    )
    return replace(config, **changes)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A run that learned a few words."""
    (tmp_path / "old.tsv").write_text(OLD)
    train("text", config_of(tmp_path / "old.tsv"), tmp_path / "first")
    return tmp_path / "first"


def begun(folder: Path, name: str, text: str, first: Path, **changes: Any) -> Trainer:
    """A run before its first step that goes on from another with this data."""
    (folder / "new.tsv").write_text(text)
    config = config_of(folder / "new.tsv", initial=str(first), **changes)
    return Trainer("text", config, folder / name)


def test_the_old_vocabulary_is_kept_and_new_characters_stand_behind_it(
    tmp_path: Path, first: Path
) -> None:
    earlier = load_checkpoint(first)
    trainer = begun(tmp_path, "second", NEW, first)
    old, new = earlier.task.sides, trainer.task.sides
    assert new.source.tokens == (*old.source.tokens, "É", "Ñ")
    assert new.target.tokens == (*old.target.tokens, "NY")
    assert f"{len(old.source)} source tokens kept, 2 added ('É' 'Ñ')" in trainer.note
    assert f"{len(old.target)} target tokens kept, 1 added ('NY')" in trainer.note
    assert str(first) in trainer.note
    words = Instances(["see", "saw", "zoo"], [["S IY"], ["S AO"], ["Z UW"]])
    before = log_probabilities(earlier.network, earlier.task, words)
    after = log_probabilities(trainer.model.eval(), trainer.task, words)
    # A choice at a time, END included, loses at most what one new word among the old ones takes.
    steps = np.array([3, 3, 3])
    assert (before - after > 0).all()
    assert (before - after <= steps * np.log1p(1 / len(old.target)) + 1e-5).all()


def test_it_trains_and_resumes_without_the_checkpoint_that_it_began_from(
    tmp_path: Path, first: Path
) -> None:
    trainer = begun(tmp_path, "second", NEW, first)
    trainer.train()
    for file in first.iterdir():
        if file.is_file():
            file.unlink()
    longer = replace(trainer.config, steps=30)
    resumed = train("text", longer, tmp_path / "second", resume=True)
    assert resumed.step == 30
    assert load_checkpoint(tmp_path / "second").task.sides == trainer.task.sides


def test_data_without_anything_new_leaves_every_weight_as_it_was(
    tmp_path: Path, first: Path
) -> None:
    trainer = begun(tmp_path, "second", "zoo\tZ UW\n", first)
    assert trainer.note.count("none added") == 2
    old = load_checkpoint(first).network.state_dict()
    for name, weight in trainer.model.state_dict().items():
        assert torch.equal(weight, old[name]), name


def test_other_characters_in_the_same_number_do_not_take_the_places_of_old_ones(
    tmp_path: Path,
) -> None:
    options = {"problem": "files", "source_level": "characters", "target_level": "characters"}
    for name, text in (("old.tsv", "abc\tabc\n"), ("new.tsv", "cba\tcxb\n")):
        (tmp_path / name).write_text(text)
    train("text", config_of(tmp_path / "old.tsv", options=options), tmp_path / "first")
    config = config_of(tmp_path / "new.tsv", options=options, initial=str(tmp_path / "first"))
    task = Trainer("text", config, tmp_path / "second").task
    assert task.source_vocabulary.tokens == ("<unk>", "a", "b", "c")
    assert task.target_vocabulary.tokens == ("</s>", "<unk>", "a", "b", "c", "x")


def test_subwords_are_kept_as_they_are(tmp_path: Path) -> None:
    options = {"problem": "translation", "subword_size": 24, "shared_subwords": True}
    for name, text in (("old.tsv", "ein hund\ta dog\n"), ("new.tsv", "eine maus\ta mouse\n")):
        (tmp_path / name).write_text(text)
    train("text", config_of(tmp_path / "old.tsv", options=options), tmp_path / "first")
    for given in (options, {"problem": "translation"}):
        config = config_of(tmp_path / "new.tsv", options=given, initial=str(tmp_path / "first"))
        trainer = Trainer("text", config, tmp_path / f"run{len(given)}")
        trainer.train()
        kept = load_checkpoint(tmp_path / f"run{len(given)}").task.options()
        assert kept == load_checkpoint(tmp_path / "first").task.options() | {
            "subword_size": trainer.task.subwords.size
        }


@pytest.mark.parametrize(
    ("text", "changes", "told"),
    [
        (NEW, {"options": {"problem": "files"}}, "source's level is 'characters', and 'words'"),
        (NEW, {"options": {"problem": "g2p", "case": "keep"}}, "source's case is 'upper'"),
        ("xa\tS a\nsa\ts @\n", {}, "phones 'S' and 's' are one in the target's case"),
        (NEW, {"model": replace(MODEL, width=32)}, "of another shape"),
    ],
)
def test_what_cannot_go_on_from_it_is_refused(
    tmp_path: Path, first: Path, text: str, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        begun(tmp_path, "second", text, first, **changes)
    assert not (tmp_path / "second" / "config.json").exists()
