"""Pictures of result files: figures by size, by length and against time, and diagnoses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ptrnet_suite.studies.diagnosis.exposure_bias import StepFigures
from ptrnet_suite.studies.recorded import recorded_picture
from tests.cli.refusals import expect_refusal
from tests.studies.result_files import diagnosed, drawn, estimate, evaluated


def test_figures_are_drawn_by_size_with_a_line_for_each_search(tmp_path: Path) -> None:
    paths = [
        evaluated(tmp_path, sizes=[size, size], search=search, metrics={"exact": estimate(value)})
        for search, found in {"greedy": {5: 0.9, 20: 0.7}, "beam:4": {5: 0.95, 20: 0.8}}.items()
        for size, value in found.items()
    ]
    figure = recorded_picture(paths)
    lines = drawn(figure)
    assert list(lines) == ["greedy", "beam:4"]
    np.testing.assert_allclose(lines["greedy"], [[5, 90], [20, 70]])
    np.testing.assert_allclose(lines["beam:4"], [[5, 95], [20, 80]])
    assert figure.axes[0].get_ylabel() == "exact (%)"
    assert figure.axes[0].get_title(loc="left") == "convex hull"


def test_two_models_are_two_lines_and_the_same_thing_twice_is_refused(tmp_path, ptrnet) -> None:
    models = [
        evaluated(tmp_path, sizes=[size, size], checkpoint={"name": name})
        for name, sizes in {"small": (5, 10), "large": (10, 20)}.items()
        for size in sizes
    ]
    assert list(drawn(recorded_picture(models))) == ["small, greedy", "large, greedy"]
    ran = ptrnet("plot", *models, evaluated(tmp_path), "--out", tmp_path / "x.png")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "two results of small, greedy" in ran.err


def test_searches_on_the_same_instances_are_drawn_against_their_time(tmp_path: Path) -> None:
    told = {"task": "tsp", "data": {"path": "tours.npz"}, "sizes": [50, 50]}
    paths = [
        evaluated(
            tmp_path,
            **told,
            search=search,
            seconds=seconds,
            metrics={"gap": {**estimate(gap), "reference": "fast-tsp"}, "optimal": estimate(0.5)},
        )
        for search, seconds, gap in (("greedy", 0.5, 0.03), ("beam:8", 4.0, 0.01))
    ]
    ax = recorded_picture(paths).axes[0]
    (points,) = ax.containers
    np.testing.assert_allclose(points.lines[0].get_xydata(), [[5, 3], [40, 1]])
    assert [text.get_text() for text in ax.texts] == ["greedy", "beam:8"]
    assert ax.get_ylabel() == "gap to fast-tsp (%)"
    ax = recorded_picture(paths, metric="optimal").axes[0]
    assert (ax.get_ylabel(), ax.get_yscale()) == ("optimal (%)", "linear")


def benched(folder: Path) -> Path:
    def row(size: int, method: str, kind: str, value: float, seconds: float) -> dict[str, Any]:
        return {
            "table": "uniform points",
            "instances": f"n = {size}",
            "size": size,
            "method": method,
            "kind": kind,
            "count": 10 if seconds else 0,
            "seconds": seconds,
            "metrics": {"exact": estimate(value)},
        }

    rows = [
        row(5, "hulls, greedy", "model", 0.9, 1.0),
        row(5, "scipy", "solver", 1.0, 0.1),
        row(10, "hulls, greedy", "model", 0.8, 2.0),
        row(10, "paper", "published", 0.5, 0.0),
    ]
    path = folder / "results.json"
    path.write_text(json.dumps({"rows": {"convex hull": rows}, "checkpoints": []}))
    return path


def test_a_benchmarks_rows_are_drawn_beside_published_figures_and_solvers(tmp_path: Path) -> None:
    path = benched(tmp_path)
    ax = recorded_picture([path]).axes[0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["greedy", "paper"]
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), [[10, 50]])
    figure = recorded_picture([path], "time")
    assert figure.axes[0].get_title(loc="left") == "convex hull, uniform points, n = 5"
    assert {text.get_text() for text in figure.axes[0].texts} == {"hulls, greedy", "scipy"}
    assert len(recorded_picture([path], "time", only="n = 5").axes) == 1


def test_search_errors_are_drawn_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "errors.json"
    path.write_text(json.dumps(diagnosed()))
    ax = recorded_picture([path]).axes[0]
    widths = [[bar.get_width() for bar in container] for container in ax.containers]
    assert widths == [[75.0, 75.0], [25.0, 25.0]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["greedy", "beam:4"]
    assert "12.5 % (11.5 to 13.5)" in [text.get_text() for text in ax.texts]
    assert ax.get_title(loc="left") == "text: 40 instances of words.tsv, g2p"


def test_exposure_is_drawn_from_its_file_under_short_names(tmp_path: Path) -> None:
    step = {"step": 1, "instances": 9, "own_in_place": estimate(0.5), "drift": estimate(0.1)}
    step |= {"known_prefix": estimate(0.8), "own_prefix": estimate(0.7)}
    again = StepFigures.from_json(step).to_json()
    assert again == step
    labels = [f"plan/runs/{name}/seed1/best.safetensors" for name in ("teacher", "sampled")]
    told = {"task": "text", "count": 9, "data": {"path": "words.tsv"}}
    told["checkpoints"] = [{"label": label, "steps": [step]} for label in labels]
    path = tmp_path / "exposure.json"
    path.write_text(json.dumps(told))
    figure = recorded_picture([path])
    accuracy, drift = figure.axes
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["teacher", "sampled"]
    assert accuracy.lines[0].get_ydata()[0] == pytest.approx(80)
    assert drift.lines[0].get_ydata()[0] == pytest.approx(10)


BUCKET = {"low": 1, "high": None, "count": 3, "mean_length": 2.0, "metrics": {}}
RESULTS: list[dict[str, Any]] = [
    {"task": 3}, {"task": "knapsack"}, {"count": 0}, {"count": "x"}, {"count": None},
    {"metrics": {"exact": 3}}, {"metrics": {"exact": {}}}, {"metrics": {"exact": [1]}},
    {"metrics": {"exact": {"value": "x", "low": 0, "high": 1}}},
    {"metrics": {"exact": {"value": 0.5, "low": 0}}}, {"metrics": {"exact": estimate(1e300)}},
    {"metrics": {"x" * 400: estimate(0.5)}}, {"seconds": "x"}, {"seconds": -1},
    {"seconds": None}, {"search": 3}, {"search": "x" * 400}, {"checkpoint": {}},
    {"checkpoint": {"name": 3}}, {"checkpoint": "x"}, {"data": None}, {"data": {}},
    {"data": {"path": 3}}, {"sizes": 3}, {"sizes": [1]}, {"sizes": ["x", 2]},
    {"by_length": 3}, {"by_length": [3]}, {"by_length": [BUCKET | {"low": "x"}]},
    {"by_length": [{"low": 1}]}, {"by_length": [BUCKET | {"metrics": {"exact": {}}}]},
]  # fmt: skip


@pytest.mark.parametrize("facts", RESULTS, ids=lambda value: str(value)[:40])
def test_a_result_that_holds_something_else(
    facts: dict[str, Any], tmp_path: Path, ptrnet: Any
) -> None:
    path = evaluated(tmp_path, **facts)
    line = expect_refusal(ptrnet("plot", path, "--out", tmp_path / "x.png"))
    assert line.startswith(f"ptrnet: {path}: ")
    assert list(tmp_path.iterdir()) == [path]


OTHERS: list[Any] = [
    {"rows": {"tsp": 3}}, {"rows": {"tsp": [3]}}, {"rows": {"tsp": [{}]}}, {"rows": {}},
    {"rows": {"tsp": [{"method": "x", "kind": "poem"}]}}, {"rows": []}, {}, [], 3, None, "x",
    {"checkpoints": [{"steps": 3}]}, {"checkpoints": [{"steps": [3]}]}, {"checkpoints": [3]},
    {"checkpoints": [{"steps": [], "label": 3}], "task": "tsp", "count": 1, "data": {}},
    {"searches": {}, "exhaustive": {}}, {"searches": {"greedy": 3}, "exhaustive": {}},
    diagnosed() | {"searches": {"greedy": {"shares": {}}}}, diagnosed() | {"count": "x"},
    diagnosed() | {"searches": {"greedy": {"shares": {"model_error": 3}}}},
    diagnosed() | {"searches": {str(n): diagnosed()["searches"]["greedy"] for n in range(101)}},
]  # fmt: skip


@pytest.mark.parametrize("content", OTHERS, ids=lambda value: str(value)[:40])
def test_another_json_file_than_a_result(content: Any, tmp_path: Path, ptrnet: Any) -> None:
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(content))
    line = expect_refusal(ptrnet("plot", path, "--out", tmp_path / "x.png"))
    assert str(path) in line
    assert list(tmp_path.iterdir()) == [path]


def test_what_solve_and_evaluate_write_of_solvers_and_of_several_checkpoints_is_drawn(
    tmp_path: Path, ptrnet: Any
) -> None:
    rng, out = np.random.default_rng(0), tmp_path / "out.json"
    lines = [" ".join(map(str, rng.random(2 * size))) for size in (50, 8, 20)]
    (tmp_path / "mixed.txt").write_text("\n".join(lines) + "\n")
    words = ("evaluate", "tsp", "--data", tmp_path / "mixed.txt", "--json", out)
    assert ptrnet(*words, "--solver", "2-opt", "--search", "greedy").code == 0
    both = recorded_picture([out], by="time")
    assert {text.get_text() for text in both.axes[0].texts} == {"tsp50 and tsp20, greedy", "2-opt"}
    assert ptrnet(*words, "--solver", "2-opt").code == 0
    assert list(drawn(recorded_picture([out], by="size"))) == ["2-opt"]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"checkpoint": None}, "checkpoint is null; accepted with solver null is a checkpoint"),
        ({"search": None}, "search is null; accepted with solver null is a search's name"),
        ({"compared": 3}, "compared is 3"),
        ({"compared": [{"task": "tsp"}]}, ""),
    ],
)
def test_a_result_of_nobody_is_refused(
    facts: dict[str, Any], sentence: str, tmp_path: Path, ptrnet: Any
) -> None:
    path = evaluated(tmp_path, **facts)
    assert sentence in expect_refusal(ptrnet("plot", path, "--out", tmp_path / "x.png"))
