"""One command compares training strategies: it runs, goes on where it was, and adds up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ptrnet_suite.cli.commands.compare import run
from ptrnet_suite.cli.main import main
from ptrnet_suite.errors import InputError
from ptrnet_suite.studies.comparison.curves import read_curves
from tests.studies.comparison.plans import PLAN, write


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
