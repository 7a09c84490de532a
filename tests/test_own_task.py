"""A whole new task in at most 60 lines, installed as a package, works in every command."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

from ptrnet_suite.cli.main import main
from ptrnet_suite.task.registry import TASKS, load_task
from tests.locations import TESTS

PLUGIN = TESTS / "plugin"
FILES = ("pyproject.toml", "ptrnet_pareto/__init__.py", "ptrnet_pareto/configs/pareto.yaml")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The package on the path, with the metadata that pip writes of its entry points."""
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text())["project"]
    folder = tmp_path_factory.mktemp("site")
    info = folder / f"ptrnet_pareto-{project['version']}.dist-info"
    info.mkdir()
    names = f"Name: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\n{names}")
    groups = [
        "\n".join([f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())])
        for group, entries in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n\n".join(groups) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PLUGIN)
        patch.syspath_prepend(folder)
        # Entry points are looked up once in a process.
        patch.delitem(TASKS.__dict__, "_entries", raising=False)
        yield
    TASKS.__dict__.pop("_entries", None)


@pytest.fixture(scope="module")
def data(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "points.npz"
    words = ["data", "pareto", "--size", "9", "--count", "30", "--seed", "5", "--out", str(path)]
    assert main(words) == 0
    return path


@pytest.fixture(scope="module")
def run(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "front"
    small = ["--steps", "150", "--warmup", "20", "--batch-size", "32", "--threads", "1"]
    words = ["train", "pareto", "--config", "pareto", "--output", str(folder), *small]
    assert main(words) == 0
    return folder


def rows_of(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    rows = json.loads((folder / "results.json").read_text())["rows"]["pareto"]
    return {(row["instances"], row["method"]): row for row in rows}


def test_the_task_with_its_config_and_entry_point_has_at_most_60_lines() -> None:
    lines = [line for name in FILES for line in (PLUGIN / name).read_text().splitlines()]
    assert sum(bool(line.strip()) for line in lines) <= 60


def test_generated_data_is_solved_and_comes_back_from_its_file(data: Path) -> None:
    task = load_task("pareto")
    instances = task.formats.read(data)
    made = task.label(task.generate(9, 30, 5))
    np.testing.assert_array_equal(instances.inputs, made.inputs)
    for points, front, known in zip(
        instances.inputs, instances.solutions or [], made.solutions or [], strict=True
    ):
        assert front.tolist() == known.tolist()
        assert (np.diff(points[front, 0]) > 0).all()
        assert (np.diff(points[front, 1]) < 0).all()


def test_a_trained_run_solves_and_is_evaluated(
    ptrnet: Callable[..., Any], data: Path, run: Path, tmp_path: Path
) -> None:
    out, picture = tmp_path / "solved.json", tmp_path / "fronts.png"
    solved = ptrnet("solve", "pareto", data, "--checkpoint", run, "--json", out, "--plot", picture)
    assert solved.code == 0
    answers = json.loads(out.read_text())["answers"]
    assert len(answers) == 30
    for answer in answers:
        assert 1 <= len(answer["answer"]) == len(set(answer["answer"])) <= 9
    assert imread(picture).std() > 0.01
    figures = tmp_path / "figures.json"
    words = ("evaluate", "pareto", "--data", data, "--checkpoint", run, "--json", figures)
    assert ptrnet(*words).code == 0
    metrics = json.loads(figures.read_text())["metrics"]
    exact = np.mean([answer["metrics"]["exact"] for answer in answers])
    assert metrics["exact"]["value"] == pytest.approx(exact)
    # A choice at random finds less than a third of the front.
    assert metrics["recall"]["value"] > 0.4


def test_it_is_benchmarked_without_a_shipped_checkpoint_and_with_trained_runs(
    ptrnet: Callable[..., Any], data: Path, run: Path, tmp_path: Path
) -> None:
    assert ptrnet("bench", "pareto", "--output", tmp_path / "alone").code == 0
    alone = rows_of(tmp_path / "alone")
    assert list(alone) == [("uniform", "pairs")]
    assert alone["uniform", "pairs"]["metrics"]["exact"]["value"] == 1
    words = ("bench", "--checkpoint", run, "--data", data, "--output", tmp_path / "beside")
    assert ptrnet(*words).code == 0
    name = f"{data.name} (n = 9)"
    assert list(rows_of(tmp_path / "beside")) == [
        ("uniform", "front, greedy"), ("uniform", "pairs"),
        (name, "front, greedy"), (name, "pairs"),
    ]  # fmt: skip


def test_its_data_and_its_attention_are_drawn(
    ptrnet: Callable[..., Any], data: Path, run: Path, tmp_path: Path
) -> None:
    fronts, order = tmp_path / "fronts.png", tmp_path / "order.png"
    assert ptrnet("plot", "data", "pareto", data, "--limit", "2", "--out", fronts).code == 0
    words = ("attention", "pareto", data, "--checkpoint", run, "--out", order)
    assert ptrnet(*words).code == 0
    assert imread(fronts).std() > 0.01
    assert imread(order).std() > 0.01


def test_without_a_checkpoint_it_says_that_one_must_be_named(
    ptrnet: Callable[..., Any], data: Path
) -> None:
    refused = ptrnet("solve", "pareto", data)
    assert refused.code == 2
    assert "no checkpoint is shipped for task 'pareto'; give one by name or file" in refused.err


def test_a_checkpoint_of_another_task_than_those_benchmarked_is_refused(
    ptrnet: Callable[..., Any], checkpoints: dict[str, Path], run: Path, tmp_path: Path
) -> None:
    words = ("bench", "pareto", "--checkpoint", checkpoints["tsp"], "--output", tmp_path)
    refused = ptrnet(*words)
    assert refused.code == 2
    assert "is of the task tsp; benchmarked are pareto" in refused.err
