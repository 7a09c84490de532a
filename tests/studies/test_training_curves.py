"""Curves of runs, and runs of several seeds put together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.charts import training_curves
from ptrnet_suite.reporting.run_labels import short_labels
from ptrnet_suite.studies.training_curves import average_curves, curves_by_run


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


def test_a_spread_is_drawn_as_a_band() -> None:
    curve = {"x": [1, 2], "y": [2.0, 3.0], "low": [1.0, 2.5], "high": [3.0, 4.0]}
    ax = training_curves({"run": curve})
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    for place, low, high in ((1, 1.0, 3.0), (2, 2.5, 4.0)):
        heights = corners[corners[:, 0] == place][:, 1]
        assert (heights.min(), heights.max()) == (low, high)


def test_files_have_the_shortest_names_that_tell_them_apart(tmp_path: Path) -> None:
    def labels(*names: str) -> list[str]:
        return short_labels([tmp_path / name for name in names])

    assert labels("runs/a/best.safetensors", "runs/b/best.safetensors") == ["a", "b"]
    assert labels("g2p.safetensors", "runs/b/last.safetensors") == ["g2p", "b"]
    assert labels("one/x.safetensors", "two/x.safetensors") == ["one/x", "two/x"]
    assert labels("a/seed1/best.safetensors", "b/seed1/best.safetensors") == ["a", "b"]
    assert labels("r/a/x/seed1/best.safetensors", "r/b/y/seed1/best.safetensors") == ["a/x", "b/y"]
    paths = [tmp_path / "a.safetensors", tmp_path / "b" / ".." / "a.safetensors"]
    assert short_labels(paths) == [str(path) for path in paths]


def test_the_mean_lies_within_the_spread() -> None:
    rng = np.random.default_rng(0)
    curves = [{"x": [0, 1, 2], "y": rng.normal(size=3).tolist()} for _ in range(4)]
    found = average_curves(curves)
    values = np.array([curve["y"] for curve in curves])
    np.testing.assert_allclose(found["y"], values.mean(0))
    np.testing.assert_allclose([found["low"], found["high"]], [values.min(0), values.max(0)])
