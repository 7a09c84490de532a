"""One command compares training strategies: it runs, goes on where it was, and adds up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from ptrnet_suite.cli.compare import run
from ptrnet_suite.cli.main import main
from ptrnet_suite.errors import InputError
from ptrnet_suite.studies.comparison.curves import (
    LARGEST_NOISE,
    TimeCurve,
    band,
    noise_curve,
    read_curves,
)
from ptrnet_suite.studies.comparison.plan import changed, read_plan, shipped_plans
from ptrnet_suite.studies.comparison.summary import largest_fall, spread

MODEL = {
    "width": 8,
    "encoder": {"kind": "gru", "layers": 1},
    "decoder": {"kind": "gru", "layers": 1},
}
CONFIG = {"model": MODEL, "batch_size": 8, "warmup": 1, "precision": "float32"}
PLAN = {
    "tasks": {
        "Numbers": {
            **{"task": "sorting", "sizes": [3, 4], "training": 64, "validation": 8, "test": 16},
            "config": CONFIG,
        },
    },
    "strategies": {
        "teacher forcing": {"kind": "teacher_forcing"},
        "REINFORCE after a start": {
            **{"kind": "reinforce", "baseline": "exponential"},
            "start": {"kind": "teacher_forcing"},
        },
    },
    **{"minutes": 0.005, "seeds": 2, "validations": 2, "gradient_batches": 2},
}


def write(folder: Path, plan: dict[str, object]) -> str:
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(plan))
    return str(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("comparison")
    run([write(folder, PLAN), "--output", str(folder / "out"), "--jobs", "2"])
    return folder


def test_every_strategy_is_in_the_table_with_its_spread_over_seeds(made: Path) -> None:
    text = (made / "out" / "table.md").read_text()
    assert "0.005 CPU minutes, 2 seeds" in text
    assert "16 test instances of size 4" in text
    for strategy in PLAN["strategies"]:  # type: ignore[attr-defined]
        row = next(line for line in text.splitlines() if line.startswith(f"| {strategy} "))
        assert row.count(" ± ") == 2


def test_results_hold_every_run_and_add_up(made: Path) -> None:
    found = json.loads((made / "out" / "results.json").read_text())
    assert len(found["runs"]) == 4
    assert found["failures"] == {}
    exact = [
        one["test"]["best"]["exact"] for one in found["runs"] if one["variant"] == "teacher forcing"
    ]
    summary = found["summary"]["Numbers"]["teacher forcing"]["best exact"]
    assert summary["mean"] == pytest.approx(np.mean(exact))
    assert summary["deviation"] == pytest.approx(np.std(exact, ddof=1))
    assert (summary["smallest"], summary["largest"]) == (min(exact), max(exact))
    assert {"command", "plan", "machine", "versions", "git_commit"} <= set(found)
    for one in found["runs"]:
        assert 0.3 <= one["cpu_seconds"] < 1.5
        assert one["instances"] == 8 * one["steps"]


def test_every_run_is_a_folder_like_that_of_training(made: Path) -> None:
    folder = made / "out" / "runs" / "numbers" / "reinforce_after_a_start" / "seed2"
    curves = read_curves(folder)
    wanted = {"validation exact", "entropy", "gradient_noise", "gradient_norm_spread", "loss"}
    assert wanted <= set(curves)
    assert main(["plot", str(folder)]) == 0
    assert (folder / "curves.png").is_file()
    for name in ("numbers_convergence.png", "numbers_stability.png", "report.html"):
        assert (made / "out" / name).stat().st_size > 1000


def test_a_second_call_keeps_complete_runs_and_makes_the_missing_one(made: Path) -> None:
    folders = sorted((made / "out" / "runs").glob("*/*/*"))
    (folders[0] / "result.json").unlink()
    before = {folder: (folder / "last.safetensors").stat().st_mtime_ns for folder in folders}
    run([str(made / "tiny.yaml"), "--output", str(made / "out"), "--jobs", "1"])
    assert (folders[0] / "result.json").is_file()
    # The missing one's training was over, so that only its test was made again.
    assert before == {f: (f / "last.safetensors").stat().st_mtime_ns for f in folders}


def test_a_folder_of_another_budget_is_refused(made: Path) -> None:
    with pytest.raises(InputError, match="holds a run with another config or budget"):
        run([str(made / "tiny.yaml"), "--minutes", "2", "--output", str(made / "out")])


def test_a_run_that_fails_is_told_of_and_loses_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = {"Numbers": {**PLAN["tasks"]["Numbers"], "training": 8}}  # type: ignore[index]
    strategies = {
        "imitation": {"kind": "teacher_forcing"},
        "a missing start": {"kind": "pomo", "samples": 10**9},
    }
    plan = {**PLAN, "tasks": tasks, "strategies": strategies, "seeds": 1}
    name = write(tmp_path, plan)
    run([name, "--output", str(tmp_path / "out"), "--jobs", "2"])
    assert "failed: Numbers, a missing start, seed 1" in capsys.readouterr().out
    found = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [one["variant"] for one in found["runs"]] == ["imitation"]
    assert "| a missing start | – | – |" in (tmp_path / "out" / "table.md").read_text()


def test_the_shipped_plan_is_sound_and_can_be_cut_down() -> None:
    assert "strategies" in shipped_plans()
    plan = read_plan("strategies")
    assert {"reverse", "sorting", "TSP20"} == set(plan.tasks)
    cut = changed(plan, 0.5, 2, ["TSP20"])
    assert (list(cut.tasks), cut.minutes, cut.seeds) == (["TSP20"], 0.5, 2)
    with pytest.raises(InputError, match="no task of the plan 'chess'"):
        changed(plan, None, None, ["chess"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"colour": 1}, "colour"),
        ({"strategies": {"x": {"kind": "magic"}}}, "no strategy 'magic'"),
        ({"strategies": {}}, "at least one task and one strategy"),
        ({"strategies": {"a b": {"kind": "pomo"}, "A, b": {"kind": "pomo"}}}, "share a folder"),
        ({"stability": ["x"]}, "no strategy 'x'"),
        ({"tasks": {"x": {"task": "chess", "sizes": [3]}}}, "no task 'chess'"),
        (
            {"tasks": {"x": {"task": "tsp", "sizes": [3, 2]}}},
            r"tasks.x.sizes is \[3, 2\]",
        ),
        ({"seeds": 0}, "seeds is 0; accepted are whole numbers from 1 on"),
    ],
)
def test_a_wrong_plan_is_told_in_one_sentence(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        read_plan(write(tmp_path, {**PLAN, **change}))


def test_a_band_is_the_mean_and_the_range_of_runs_where_all_have_values() -> None:
    one = TimeCurve(np.array([0.0, 10.0]), np.array([0.0, 10.0]))
    other = TimeCurve(np.array([2.0, 8.0]), np.array([4.0, 10.0]))
    found = band([one, other])
    assert (found.seconds[0], found.seconds[-1]) == (2.0, 8.0)
    assert found.mean == pytest.approx(found.seconds + 1)
    assert found.low == pytest.approx(found.seconds)
    assert found.high == pytest.approx(found.seconds + 2)
    flat = [TimeCurve(one.seconds, np.array([value, value])) for value in (1.0, 100.0)]
    geometric = band(flat, logarithmic=True)
    assert geometric.mean == pytest.approx(10.0)


def test_noise_without_signal_stops_at_its_largest_value() -> None:
    seconds = np.arange(4.0)
    variance = TimeCurve(seconds, np.full(4, 6.0))
    assert noise_curve(variance, TimeCurve(seconds, np.full(4, 3.0))).values == pytest.approx(2.0)
    hidden = noise_curve(variance, TimeCurve(seconds, np.full(4, -1.0)))
    assert hidden.values == pytest.approx(LARGEST_NOISE)


def test_a_fall_is_measured_from_the_best_before_it() -> None:
    assert largest_fall(np.array([0.1, 0.9, 0.4, 1.0, 0.7]), True) == pytest.approx(0.5)
    assert largest_fall(np.array([0.9, 0.2, 0.5, 0.1]), False) == pytest.approx(0.3)
    assert spread([2.0]).deviation == 0.0
