"""A benchmark before it runs: shipped checkpoints, given ones, and tasks without any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ptrnet_tasks.convex_hull.task import ConvexHullTask
from ptrnet_tasks.sorting.task import Sorting
from ptrnet_tasks.text.task import Text

import ptrnet_suite.model.checkpoint_files
import ptrnet_suite.studies.bench.planning
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import save_checkpoint
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.studies.bench.planning import TaskBench, make_benches
from ptrnet_suite.studies.bench.runs import methods_of
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model


def saved(path: Path, task: Task, model: Seq2Seq | None = None) -> Path:
    save_checkpoint(path, model or make_model(task.spec), task, {"sizes": [5, 9]})
    return path


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """One untrained network of sorting in place of the shipped checkpoints."""
    paths = {"sorting_raw": saved(tmp_path / "sorting_raw.safetensors", Sorting())}
    for module in (ptrnet_suite.model.checkpoint_files, ptrnet_suite.studies.bench.planning):
        monkeypatch.setattr(module, "shipped", lambda: paths)
    return paths


def methods(bench: TaskBench) -> list[list[tuple[str, str]]]:
    """Name and series of what is run on each case."""
    return [
        [
            (method.name, method.series)
            for method in methods_of(bench.task, case, bench.shipped_for(case), bench.given)
        ]
        for case in bench.cases
    ]


def test_runs_are_tried_beside_what_is_shipped_and_named_by_their_folders(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("wide", "deep")]
    for folder in folders:
        folder.mkdir()
        saved(folder / "best.safetensors", Sorting())
    (bench,) = make_benches(["sorting"], [], "cpu", [str(folder) for folder in folders])
    assert [checkpoint.name for checkpoint in bench.checkpoints] == ["sorting_raw", "wide", "deep"]
    for case in methods(bench):
        assert case[:3] == [
            ("sorting_raw, greedy", "ours, greedy"),
            ("wide, greedy", "wide, greedy"),
            ("deep, greedy", "deep, greedy"),
        ]


def test_without_names_the_tasks_of_the_checkpoints_given_are_benchmarked(tmp_path: Path) -> None:
    path = saved(tmp_path / "hulls.safetensors", ConvexHullTask())
    (bench,) = make_benches([], [], "cpu", [str(path)])
    assert bench.task.name == "convex_hull"
    assert all(case[0] == ("hulls, greedy", "hulls, greedy") for case in methods(bench))
    (alone,) = make_benches([], [], "cpu")
    assert alone.task.name == "sorting"


def test_a_task_without_a_checkpoint_has_its_solvers_run() -> None:
    (bench,) = make_benches(["convex_hull"], [], "cpu")
    assert bench.checkpoints == []
    names = {name for case in methods(bench) for name, _ in case}
    assert names == set(load_task("convex_hull").references())


def test_cases_that_differ_in_a_shipped_checkpoint_alone_are_one(tmp_path: Path) -> None:
    task = Text("g2p")
    path = saved(tmp_path / "mine.safetensors", task, Seq2Seq(ModelConfig(16), task.spec))
    (bench,) = make_benches(["text"], [], "cpu", [str(path)])
    assert len(bench.cases) == 1
    assert [name for name, _ in methods(bench)[0][:2]] == ["mine, greedy", "mine, beam:5"]


def test_a_run_without_a_benchmark_of_its_own_needs_data(tmp_path: Path) -> None:
    letters = {"source_vocabulary": ["a", "b"], "target_vocabulary": ["a", "b"]}
    task = load_task("text", {"problem": "files", **letters})
    path = saved(tmp_path / "pairs.safetensors", task, Seq2Seq(ModelConfig(16), task.spec))
    with pytest.raises(InputError, match=r"text has no benchmark of its own; .* --data FILE"):
        make_benches([], [], "cpu", [str(path)])
    data = tmp_path / "pairs.tsv"
    data.write_text("a b\tb a\n")
    (bench,) = make_benches([], [data], "cpu", [str(path)])
    assert methods(bench) == [[("pairs, greedy", "pairs, greedy")]]


def test_a_checkpoint_of_a_task_that_is_not_asked_for_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "hulls.safetensors", ConvexHullTask())
    with pytest.raises(
        InputError, match=r"hulls\.safetensors is of the task convex_hull; .*sorting"
    ):
        make_benches(["sorting"], [], "cpu", [str(path)])


def test_where_nothing_is_shipped_and_nothing_named_a_name_is_asked_for(
    shipped: dict[str, Any],
) -> None:
    shipped.clear()
    with pytest.raises(InputError, match="name a task or give --checkpoint"):
        make_benches([], [], "cpu")
