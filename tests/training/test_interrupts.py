"""Signals end a run after the step under way, and it goes on as if there had been none."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ptrnet_suite.errors import Interrupted
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.training.callbacks import Callback, StopTraining
from ptrnet_suite.training.config import TrainingConfig, ValidationConfig
from ptrnet_suite.training.interrupts import StopSignals
from ptrnet_suite.training.loop import Trainer, train
from tests.training.configs import SORTING, TOUR
from tests.training.signalled import assert_same_run, lines, signal_at

HULL = replace(
    TOUR,
    strategy={"kind": "scheduled_sampling"},
    steps=13,
    validation=ValidationConfig(size=5, count=8, every=8),
    save_minutes=1e-9,
)
"""Saves after every step."""


@pytest.mark.parametrize(
    ("task", "config", "stops"),
    [
        # Between validations, at one, and at the first and last step.
        ("sorting", replace(SORTING, steps=30), (1, 7, 20, 30)),
        ("convex_hull", HULL, (7, 10)),
        ("tsp", replace(TOUR, strategy={"kind": "self_improvement"}), (1, 2, 5)),
    ],
)
def test_a_run_that_signals_stop_again_and_again_equals_one_that_nothing_stops(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    task: str,
    config: TrainingConfig,
    stops: tuple[int, ...],
) -> None:
    monkeypatch.setattr("ptrnet_suite.training.loop.LOG_EVERY", 5)
    train(task, config, tmp_path / "whole")
    numbers = (signal.SIGINT, signal.SIGTERM)
    for index, step in enumerate(stops):
        number = numbers[index % 2]
        with pytest.raises(Interrupted, match=f"after step {step} .{number.name}.") as told:
            train(
                task,
                config,
                tmp_path / "parts",
                resume=index > 0,
                callbacks=[signal_at(step, number)],
            )
        assert told.value.exit_code == 128 + number
        assert f"ptrnet train {task} --resume {tmp_path / 'parts'}" in str(told.value)
    train(task, config, tmp_path / "parts", resume=True)
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


def test_signals_that_come_together_are_one_request(tmp_path: Path) -> None:
    twice = [signal_at(3), signal_at(3, signal.SIGTERM)]
    with pytest.raises(Interrupted, match=r"saved after step 3 \(SIGINT\)") as told:
        train("sorting", SORTING, tmp_path, callbacks=twice)
    assert told.value.exit_code == 130


def test_a_second_signal_stops_at_once_and_what_was_saved_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ptrnet_suite.training.interrupts.SAME_REQUEST", 0.0)
    train("sorting", SORTING, tmp_path / "whole")
    twice = [signal_at(26), signal_at(26, signal.SIGTERM)]
    with pytest.raises(Interrupted, match="at once; what was saved after step 20 stands") as told:
        train("sorting", SORTING, tmp_path / "parts", callbacks=twice)
    assert told.value.exit_code == 143
    train("sorting", SORTING, tmp_path / "parts", resume=True)
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


def test_a_stop_before_the_first_validation_leaves_a_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        train("sorting", SORTING, tmp_path, callbacks=[signal_at(3)])
    assert load_checkpoint(tmp_path).record["step"] == 3


def test_a_callback_that_stops_a_run_does_so_after_what_is_due(tmp_path: Path) -> None:
    class Stop(Callback):
        def on_step(self, trainer: Trainer) -> None:
            if trainer.step == 20:
                raise StopTraining

    train("sorting", SORTING, tmp_path / "whole")
    assert train("sorting", SORTING, tmp_path / "parts", callbacks=[Stop()]).step == 20
    assert [line["step"] for line in lines(tmp_path / "parts")] == [20, 20]
    train("sorting", SORTING, tmp_path / "parts", resume=True)
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


def test_handlers_are_as_before_after_a_run_and_ignored_signals_stay_ignored() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    ignoring = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with StopSignals() as signals:
            os.kill(os.getpid(), signal.SIGTERM)
            assert signals.received is None
            os.kill(os.getpid(), signal.SIGINT)
            assert signals.received == signal.SIGINT
    finally:
        signal.signal(signal.SIGTERM, ignoring)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_run_may_be_made_in_any_thread(tmp_path: Path) -> None:
    config = replace(SORTING, steps=2, validation=ValidationConfig(size=5, count=4))
    thread = threading.Thread(target=train, args=("sorting", config, tmp_path))
    thread.start()
    thread.join()
    assert load_checkpoint(tmp_path).record["step"] == 2
