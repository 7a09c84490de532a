"""The benchmark from outside: what it runs, what it writes, what it refuses."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import ptrnet_tasks.convex_hull.bench
import ptrnet_tasks.sorting.bench
import pytest
from ptrnet_tasks.convex_hull.task import ConvexHullTask
from ptrnet_tasks.sorting.task import Sorting
from rich.console import Console

import ptrnet_suite.model.checkpoint_files
import ptrnet_suite.studies.bench.planning
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import save_checkpoint
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.studies.bench.engine import run_bench
from ptrnet_suite.studies.bench.runs import case_instances
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_suite.task.registry import bench_plan, default_plan, load_task, task_names
from tests.networks import make_model

PLAN = [
    BenchCase("n = 6", "uniform", 6, 40, seed=1, searches=("greedy", "beam:2"), by_size="exact",
              references={"numpy": 10}, examples="token_accuracy",
              published={"somebody (2016)": {"exact": 0.81}}),
    BenchCase("n = 3", "uniform", 3, 40, seed=2, by_size="exact", against_time="exact"),
]  # fmt: skip
SAMPLED = BenchCase("n = 9", "uniform", 9, 70, seed=3, searches=("sample:4,temperature=3",))


@pytest.fixture
def quiet() -> Console:
    return Console(file=io.StringIO(), width=200)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Untrained networks of sorting and hulls in place of the shipped ones, and a short plan."""
    paths = {}
    for task in (Sorting(), ConvexHullTask()):
        paths[f"{task.name}_raw"] = tmp_path / f"{task.name}_raw.safetensors"
        save_checkpoint(paths[f"{task.name}_raw"], make_model(task.spec), task, {"sizes": [5, 9]})
    for module in (ptrnet_suite.model.checkpoint_files, ptrnet_suite.studies.bench.planning):
        monkeypatch.setattr(module, "shipped", lambda: paths)
    monkeypatch.setattr(ptrnet_tasks.sorting.bench, "plan", lambda task: PLAN)
    monkeypatch.setattr(ptrnet_tasks.convex_hull.bench, "plan", lambda task: default_plan(task)[:1])
    return paths


def rows_of(folder: Path, task: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows = json.loads((folder / "results.json").read_text())["rows"][task]
    return {(row["instances"], row["method"]): row for row in rows}


def test_a_benchmark_runs_its_plan_and_writes_a_report(
    shipped: dict[str, Path], tmp_path: Path, quiet: Console
) -> None:
    run_bench(["sorting"], tmp_path / "out", console=quiet)
    rows = rows_of(tmp_path / "out", "sorting")
    assert list(rows) == [
        ("n = 6", "sorting_raw, greedy"),
        ("n = 6", "sorting_raw, beam:2"),
        ("n = 6", "numpy"),
        ("n = 6", "somebody (2016)"),
        ("n = 3", "sorting_raw, greedy"),
    ]
    solver = rows["n = 6", "numpy"]
    assert (solver["count"], solver["metrics"]["exact"]["value"]) == (10, 1.0)
    assert rows["n = 6", "somebody (2016)"]["metrics"]["exact"]["value"] == 0.81
    whole = json.loads((tmp_path / "out" / "results.json").read_text())
    assert whole["device"] == whole["environment"]["device"] == "cpu"
    ours = rows["n = 3", "sorting_raw, greedy"]
    assert ours["count"] == 40
    assert ours["seconds"] > 0
    assert ours["metrics"]["exact"]["low"] < ours["metrics"]["exact"]["high"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "report.html", "report.md", "results.json", "sorting_exact_against_time_3.png",
        "sorting_exact_by_size.png", "sorting_examples_n_6.png",
    ]  # fmt: skip
    assert "sorting_raw, beam:2" in quiet.file.getvalue()  # type: ignore[attr-defined]


def test_the_same_benchmark_gives_the_same_figures(
    shipped: dict[str, Path], tmp_path: Path, quiet: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ptrnet_tasks.sorting.bench, "plan", lambda task: [*PLAN, SAMPLED])
    found = []
    for name in ("first", "second"):
        run_bench(["sorting"], tmp_path / name, console=quiet)
        rows = rows_of(tmp_path / name, "sorting")
        found.append({key: row["metrics"] for key, row in rows.items()})
    assert found[0] == found[1]


def test_paper_keeps_only_what_stands_beside_published_figures(
    shipped: dict[str, Path], tmp_path: Path, quiet: Console
) -> None:
    run_bench(["paper"], tmp_path, console=quiet)
    assert {case for case, _ in rows_of(tmp_path, "sorting")} == {"n = 6"}
    assert "convex hull" not in json.loads((tmp_path / "results.json").read_text())["rows"]


def test_speed_tells_the_throughput_of_every_checkpoint(
    shipped: dict[str, Path], tmp_path: Path, quiet: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ptrnet_suite.studies.bench.engine.SPEED_SECONDS", 0.05)
    run_bench(["speed"], tmp_path, console=quiet)
    (section,) = json.loads((tmp_path / "results.json").read_text())["sections"]
    rows = section["tables"][0]["rows"]
    order = [f"{task}_raw" for task in task_names()]
    assert [row["checkpoint"] for row in rows] == sorted(shipped, key=order.index)
    assert all(row["training, instances per s"] > 0 for row in rows)
    assert all(row["greedy, instances per s"] > 0 for row in rows)
    assert all(row["items"] == 7 for row in rows)


@pytest.mark.parametrize("there", [True, False])
def test_speed_uses_the_recipes_data_where_nothing_is_generated_and_says_what_is_missing(
    shipped: dict[str, Path],
    tmp_path: Path,
    quiet: Console,
    monkeypatch: pytest.MonkeyPatch,
    there: bool,
) -> None:
    monkeypatch.setattr("ptrnet_suite.studies.bench.engine.SPEED_SECONDS", 0.05)
    words = tmp_path / "words.tsv"
    words.write_text("".join(f"a{letter}\t{letter}a\n" for letter in "bcdefg"))
    letters = list("abcdefg")
    options = {"problem": "files", "source_vocabulary": letters, "target_vocabulary": letters}
    task = load_task("text", options)
    record = {"config": {"validation": {"source": str(words)}, "batch_size": 4}, "sizes": [2, 2]}
    path = tmp_path / "of_files.safetensors"
    save_checkpoint(path, Seq2Seq(ModelConfig(16), task.spec), task, record)
    monkeypatch.setitem(shipped, "of_files", path)
    if not there:
        words.unlink()
    run_bench(["speed"], tmp_path / "out", console=quiet)
    (section,) = json.loads((tmp_path / "out" / "results.json").read_text())["sections"]
    (table,) = section["tables"]
    assert ("of_files" in [row["checkpoint"] for row in table["rows"]]) is there
    assert ("data is not there: of_files" in table["note"]) is not there


def test_a_data_file_goes_to_the_task_that_reads_it(
    shipped: dict[str, Path], tmp_path: Path, quiet: Console
) -> None:
    hulls = ConvexHullTask()
    path = tmp_path / "points.npz"
    hulls.formats.write(hulls.label(hulls.generate(7, 12, 0)), path)
    run_bench(["convex_hull"], tmp_path / "out", [path], console=quiet)
    row = rows_of(tmp_path / "out", "convex hull")["points.npz (n = 7)", "scipy"]
    assert (row["count"], row["size"], row["metrics"]["exact"]["value"]) == (12, 7, 1.0)


def test_a_file_or_folder_that_cannot_be_used_is_told_before_anything_is_run(
    shipped: dict[str, Path], tmp_path: Path, quiet: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*arguments: Any) -> Any:
        raise AssertionError("something was run")

    def no_model(self: Any, *arguments: Any) -> Any:
        raise InputError("this model needs more")

    monkeypatch.setattr("ptrnet_suite.studies.bench.engine.run_method", never)
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file cannot be written to"):
        run_bench(["sorting"], tmp_path / "file", console=quiet)
    (tmp_path / "numbers.csv").write_text("0.3,0.1,0.2\n")
    monkeypatch.setattr(Sorting, "batch", no_model)
    with pytest.raises(InputError, match=r"numbers\.csv can be read by no task.*needs more"):
        run_bench(["sorting"], tmp_path / "out", [tmp_path / "numbers.csv"], console=quiet)


def test_a_file_that_no_task_reads_is_refused_with_every_reason(
    shipped: dict[str, Path], tmp_path: Path, quiet: Console
) -> None:
    path = tmp_path / "nothing.xyz"
    path.write_text("neither numbers nor points")
    with pytest.raises(InputError, match=r"nothing\.xyz can be read by no task") as caught:
        run_bench([], tmp_path / "out", [path], console=quiet)
    assert "sorting: " in str(caught.value)
    assert "convex_hull: " in str(caught.value)


@pytest.mark.parametrize(
    ("names", "message"),
    [(["nonsense"], "no benchmark 'nonsense'.*sorting.*speed"), (["text"], "no checkpoint.*text")],
)
def test_a_name_that_means_nothing_here_is_refused(
    shipped: dict[str, Path], tmp_path: Path, names: list[str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        run_bench(names, tmp_path)


def test_a_table_tells_what_its_published_figures_were_measured_on(
    shipped: dict[str, Path], tmp_path: Path, quiet: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = replace(PLAN[0], searches=("greedy",), published_on="Theirs were sorted by hand")
    plan = [PLAN[0], PLAN[1], replace(PLAN[1], table="ours alone"), replace(told, table="by hand")]
    monkeypatch.setattr(ptrnet_tasks.sorting.bench, "plan", lambda task: plan)
    run_bench(["sorting"], tmp_path, console=quiet)
    (section,) = json.loads((tmp_path / "results.json").read_text())["sections"]
    notes = {table["title"]: table["note"] for table in section["tables"]}
    assert notes["uniform"].count("Published figures are their authors', on other instances") == 1
    assert "ublished" not in notes["ours alone"]
    assert "Theirs were sorted by hand." in notes["by hand"]


def test_a_figure_that_says_nothing_is_shown_as_fail(
    shipped: dict[str, Path], tmp_path: Path, quiet: Console
) -> None:
    run_bench(["convex_hull"], tmp_path, console=quiet)
    (section,) = json.loads((tmp_path / "results.json").read_text())["sections"]
    (table,) = section["tables"]
    ours, solver = table["rows"][:2]
    assert ours["simple"]["value"] < 0.99
    assert ours["area_ratio"] == "FAIL"
    assert solver["area_ratio"]["value"] == 1
    assert "FAIL: more than 1 % of the answers" in table["note"]
    assert "FAIL" in (tmp_path / "report.md").read_text()
    row = rows_of(tmp_path, "convex hull")["uniform", "convex_hull_raw, greedy"]
    assert row["metrics"]["area_ratio"]["note"].startswith("FAIL: ")


def test_known_lengths_are_what_a_files_tours_are_held_against(tmp_path: Path) -> None:
    task, path = load_task("tsp"), tmp_path / "lengths.npz"
    np.savez(path, points=np.random.default_rng(0).random((2, 9, 2)), lengths=[0.5, 0.25])
    case = BenchCase("lengths", "files", 9, 2, instances=lambda: task.formats.read(path))
    instances = case_instances(task, case)
    assert instances.solutions is None
    gap = task.evaluate(instances, [np.arange(9)] * 2)["gap"]
    assert gap.reference == "the file's length"
    assert case_instances(task, replace(case, instances=None)).solutions is not None


@pytest.mark.parametrize("name", task_names())
def test_every_plan_names_what_its_task_has(name: str) -> None:
    task = load_task(name)
    metrics, solvers = {metric.name for metric in task.metrics}, set(task.references())
    plan = bench_plan(task)
    assert plan
    for case in plan:
        assert set(case.references) <= solvers
        assert {name for figures in case.published.values() for name in figures} <= metrics
        assert {case.by_size, case.against_time, case.examples} - {None} <= metrics
        assert case.distribution in task.distributions


def test_a_task_without_a_plan_is_tried_on_each_of_its_distributions() -> None:
    plan = default_plan(ConvexHullTask())
    assert [case.distribution for case in plan] == list(ConvexHullTask.distributions)
    assert all(set(case.references) == set(ConvexHullTask().references()) for case in plan)
