"""Runs of a benchmark: what they time, when they end, what they sample."""

import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.sorting.task import Sorting

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.model.checkpoint import load_checkpoint, save_checkpoint
from ptrnet_suite.studies.bench.runs import Clock, Method, methods_of, run_method
from ptrnet_suite.task.bench_case import BenchCase
from tests.networks import make_model

CASE = BenchCase("n = 3", "uniform", 3, 40, seed=2)
SAMPLED = BenchCase("n = 9", "uniform", 9, 70, seed=3, searches=("sample:4,temperature=3",))


def working(each: float) -> Callable[[Instances], list[np.ndarray]]:
    """Takes that many seconds of processor time for each instance."""

    def solve(instances: Instances) -> list[np.ndarray]:
        ends = time.process_time() + each * len(instances)
        while time.process_time() < ends:
            pass
        return list(Sorting().label(instances).solutions)  # type: ignore[arg-type]

    return solve


def test_a_run_that_takes_too_long_is_cut_short_and_tells_how_far_it_came() -> None:
    task, case = Sorting(), CASE
    instances = task.label(task.generate(3, 100, 0))
    told: list[float] = []
    method = Method("slow", "solver", working(0.01), 100, 1)
    row = run_method(task, case, instances, method, 0.1, told.append)
    assert 5 <= row.count <= 50
    assert row.seconds_each is not None
    assert row.seconds_each > 0.0099
    assert row.metrics["exact"].estimate.value == 1.0
    assert sum(told) == pytest.approx(1.0)


def test_waiting_for_other_work_cuts_nothing_short() -> None:
    task = Sorting()
    instances = task.label(task.generate(3, 12, 0))

    def waiting(part: Instances) -> list[np.ndarray]:
        time.sleep(0.02)
        return list(task.label(part).solutions)  # type: ignore[arg-type]

    method = Method("waiting", "solver", waiting, 12, 1)
    row = run_method(task, CASE, instances, method, 0.05, lambda share: None)
    assert row.count == 12
    assert row.seconds > 0.02


def test_a_run_without_time_for_a_batch_has_one_smaller_batch() -> None:
    task = Sorting()
    instances = task.label(task.generate(3, 100, 0))
    sizes: list[int] = []

    def solve(part: Instances) -> list[np.ndarray]:
        sizes.append(len(part))
        return working(0.01)(part)

    method = Method("slow", "model", solve, 100, 64)
    row = run_method(task, CASE, instances, method, 0.2, lambda share: None)
    assert sizes[1:] == [row.count]
    assert 10 <= row.count <= 20


def test_a_clock_gives_late_runs_what_early_ones_left() -> None:
    clock = Clock(100.0, 10)
    assert clock.next_limit() == pytest.approx(50, abs=1)
    assert [clock.next_limit() for _ in range(9)][-1] > 400
    assert Clock(0.0, 10).next_limit() == 0.5


def test_what_is_sampled_does_not_depend_on_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of 8, with a clock that runs slower or faster and a warm-up of any length."""
    monkeypatch.setattr("ptrnet_suite.studies.bench.runs.suitable_batch_size", lambda *sizes: 8)
    task, path = Sorting(), tmp_path / "raw.safetensors"
    save_checkpoint(path, make_model(task.spec), task, {"sizes": [5, 9]})
    checkpoint = load_checkpoint(str(path))
    instances = task.label(task.generate(9, 70, 3))
    found = []
    for warm_up, pace in ((1, 1e-9), (5, 1e-6), (8, 0.01)):
        monkeypatch.setattr("ptrnet_suite.studies.bench.runs.WARM_UP", warm_up)
        ticks = count(0, pace).__next__
        for clock in ("perf_counter", "process_time"):
            monkeypatch.setattr(f"ptrnet_suite.studies.bench.runs.time.{clock}", ticks)
        (method,) = methods_of(task, SAMPLED, checkpoint)
        row = run_method(task, SAMPLED, instances, method, 60.0, lambda share: None)
        found.append([answer.tolist() for answer in row.answers])
    assert len(found[0]) == 70
    assert found[0] == found[1] == found[2]
