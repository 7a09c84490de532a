"""Curves of runs, and runs of several seeds put together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.studies.training_curves import average_curves, curves_by_run, curves_of

LINES = [
    {"step": 50, "loss": 2.0, "learning_rate": 1e-3, "gradient_norm": 3.0, "seconds": 1.0},
    {"step": 100, "loss": 1.0, "learning_rate": 5e-4, "gradient_norm": 1.0, "seconds": 2.0},
    {"step": 100, "seconds": 2.0, "validation": {"exact": 0.25}},
]


def make_run(folder: Path, seed: int, losses: list[float], width: int = 8) -> Path:
    folder.mkdir(parents=True)
    lines = [json.dumps({"step": 50 * (n + 1), "loss": loss}) for n, loss in enumerate(losses)]
    config = {"task": "tsp", "config": {"seed": seed, "model": {"width": width}}}
    (folder / "config.json").write_text(json.dumps(config))
    log = folder / "metrics.jsonl"
    log.write_text("\n".join(lines) + "\n")
    return log


def test_runs_that_differ_in_their_seed_alone_are_one_curve_with_its_spread(tmp_path: Path) -> None:
    logs = [
        make_run(tmp_path / "tour_seed1", 1, [3.0, 1.0]),
        make_run(tmp_path / "tour_seed2", 2, [5.0, 2.0]),
        make_run(tmp_path / "wide" / "1", 1, [9.0, 9.0], width=16),
        make_run(tmp_path / "wide" / "2", 2, [7.0, 8.0], width=16),
        make_run(tmp_path / "alone", 1, [4.0, 4.0], width=32),
    ]
    found = curves_by_run(logs)
    assert list(found) == ["tour (2 runs)", "wide (2 runs)", "alone"]
    tour = found["tour (2 runs)"]["loss"]
    assert tour == {"x": [50, 100], "y": [4.0, 1.5], "low": [3.0, 1.0], "high": [5.0, 2.0]}
    assert found["alone"]["loss"] == {"x": [50, 100], "y": [4.0, 4.0]}
    separate = curves_by_run(logs[:2], separate=True)
    assert {name: run["loss"]["y"] for name, run in separate.items()} == {
        "tour_seed1": [3.0, 1.0],
        "tour_seed2": [5.0, 2.0],
    }


def test_logs_without_a_config_stand_for_themselves_and_none_may_come_twice(tmp_path: Path) -> None:
    logs = [make_run(tmp_path / name, 1, [1.0, 2.0]) for name in ("a", "b")]
    for log in logs:
        log.with_name("config.json").unlink()
    assert list(curves_by_run(logs)) == ["a", "b"]
    with pytest.raises(InputError, match="given twice"):
        curves_by_run([logs[0], logs[0]])


def test_curves_of_other_steps_are_put_together_where_all_have_values() -> None:
    found = average_curves(
        [{"x": [0, 10, 20], "y": [0.0, 10.0, 20.0]}, {"x": [5, 15], "y": [0.0, 0.0]}]
    )
    assert found["x"] == [5, 10, 15]
    assert found["y"] == pytest.approx([2.5, 5.0, 7.5])
    assert found["low"] == pytest.approx([0, 0, 0])
    assert found["high"] == pytest.approx([5, 10, 15])


def test_the_mean_lies_within_the_spread() -> None:
    rng = np.random.default_rng(0)
    curves = [{"x": [0, 1, 2], "y": rng.normal(size=3).tolist()} for _ in range(4)]
    found = average_curves(curves)
    values = np.array([curve["y"] for curve in curves])
    np.testing.assert_allclose(found["y"], values.mean(0))
    np.testing.assert_allclose([found["low"], found["high"]], [values.min(0), values.max(0)])


def test_curves_are_what_the_run_recorded(tmp_path):
    log = tmp_path / "metrics.jsonl"
    half = '{"step": 150, "lo'
    log.write_text("".join(json.dumps(line) + "\n" for line in LINES) + half)
    curves = curves_of(log)
    assert curves["loss"] == {"x": [50, 100], "y": [2.0, 1.0]}
    assert curves["validation exact"] == {"x": [100], "y": [0.25]}
    assert set(curves) == {"loss", "learning_rate", "gradient_norm", "validation exact"}


def test_a_broken_line_in_the_middle_is_an_error(tmp_path):
    log = tmp_path / "metrics.jsonl"
    log.write_text('{"loss": 1}\n{"step": 1, "loss": 1}\n')
    with pytest.raises(InputError, match="line 1"):
        curves_of(log)
