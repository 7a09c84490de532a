"""A budget of processor time ends a run and sets its schedules and validations."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.training.budget import expected_steps, is_spent, is_validated_between
from ptrnet_suite.training.config import TrainingConfig, ValidationConfig
from ptrnet_suite.training.loop import Trainer, train
from ptrnet_suite.training.strategies.base import TrainingState
from tests.training.configs import SORTING
from tests.training.signalled import SignalWhen

TIMED = replace(
    SORTING,
    minutes=0.01,
    steps=1,
    validation=ValidationConfig(size=5, count=20, minutes=0.004),
)


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_a_budget_of_time_ends_a_run_and_sets_its_validations(tmp_path: Path) -> None:
    trainer = train("sorting", TIMED, tmp_path)
    assert trainer.step > 1
    assert 0.6 <= trainer.cpu_seconds < 1.2
    assert load_checkpoint(tmp_path / "last.safetensors").record["step"] == trainer.step
    found = [line["cpu_seconds"] for line in lines(tmp_path) if "validation" in line]
    assert found[-1] == pytest.approx(trainer.cpu_seconds)
    assert 2 <= len(found) <= 4


def test_a_run_of_limited_time_resumes_with_the_time_that_is_left(tmp_path: Path) -> None:
    stop = SignalWhen(lambda trainer: trainer.cpu_seconds > 0.3)
    trainer = Trainer("sorting", TIMED, tmp_path, resume=False, callbacks=[stop])
    with pytest.raises(KeyboardInterrupt):
        trainer.train()
    before = trainer.step, trainer.cpu_seconds
    resumed = Trainer("sorting", TIMED, tmp_path, resume=True)
    assert (resumed.step, resumed.cpu_seconds) == before
    resumed.train()
    assert resumed.step > before[0]
    assert 0.6 <= resumed.cpu_seconds < 1.2


def test_schedules_go_along_the_share_of_the_budget_that_is_used() -> None:
    config = replace(TrainingConfig(), minutes=1.0, steps=7)
    assert expected_steps(config, 0, 0.0) == 7
    assert expected_steps(config, 100, 15.0) == 400
    assert TrainingState(100, expected_steps(config, 100, 15.0)).progress == 0.25
    assert not is_spent(config, 10**6, 59.9)
    assert is_spent(config, 1, 60.0)
    assert expected_steps(replace(config, minutes=0), 100, 15.0) == 7
    config = replace(config, validation=ValidationConfig(minutes=0.1, every=1))
    assert not is_validated_between(config, 5, 0.0, 5.9)
    assert is_validated_between(config, 5, 5.9, 6.1)
