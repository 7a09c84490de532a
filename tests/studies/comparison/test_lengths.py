"""A comparison tells apart what inputs of each range of lengths reach."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from matplotlib.colors import to_hex
from ptrnet_tasks.sorting.task import Sorting
from ptrnet_tasks.text.task import Text

from ptrnet_suite.cli.commands.compare import run
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.layers.alignments import Monotonic, Predictive
from ptrnet_suite.reporting.style import PALETTE
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.studies.comparison.lengths import kept_metrics
from ptrnet_suite.studies.comparison.pictures import lines_by_length
from ptrnet_suite.studies.comparison.plan import Plan, TaskPlan, read_plan
from ptrnet_suite.studies.comparison.summary import Spread
from ptrnet_suite.studies.comparison.trial import work
from ptrnet_suite.studies.comparison.trials import Trial, make_trials
from ptrnet_suite.task.metric import Metric

CONFIG = {
    "model": {
        "width": 8,
        "encoder": {"kind": "gru", "layers": 1},
        "decoder": {"kind": "gru", "layers": 1},
    },
    **{"batch_size": 8, "warmup": 1, "precision": "float32"},
}
NUMBERS = {
    **{"task": "sorting", "sizes": [2, 4], "training": 60, "validation": 8, "test": 60},
    **{"test_sizes": [2, 6], "by_length": [3, 5], "config": CONFIG},
}
PLAN = {
    "tasks": {"Some numbers": NUMBERS},
    "variants": {"by content": {}, "of 16": {"model": {"width": 16}}},
    **{"minutes": 0.005, "seeds": 2, "validations": 1, "gradient_batches": 0},
}
RANGES = {"1 to 3": (2, 3), "4 to 5": (4, 5), "6 and more": (6,)}


def write(folder: Path, plan: Mapping[str, object]) -> str:
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(dict(plan)))
    return str(path)


def with_task(**changes: object) -> dict[str, object]:
    return {**PLAN, "tasks": {"x": {**NUMBERS, **changes}}}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lengths")
    run([write(folder, PLAN), "--output", str(folder / "out"), "--jobs", "2"])
    return folder / "out"


@pytest.fixture(scope="module")
def shipped() -> Plan:
    return read_plan("long_inputs")


def results(made: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((made / "results.json").read_text())
    return found


def recounted(made: Path, folder: str, name: str) -> dict[str, tuple[int, float, float]]:
    """Range -> how many, and which shares of answers and of their places are right."""
    checkpoint = load_checkpoint(Path(folder) / f"{name}.safetensors")
    right: dict[int, list[list[bool]]] = {}
    for path in sorted((made / "data" / "some_numbers").glob("test_*.npz")):
        instances = Sorting().formats.read(path)
        answers = solve_instances(checkpoint.model, Sorting(), instances, parse_search("greedy"))
        for values, answer in zip(instances.inputs, answers, strict=True):
            trial = sorted(range(len(values)), key=lambda place: float(values[place, 0]))
            hits = [bool(one == other) for one, other in zip(answer, trial, strict=True)]
            right.setdefault(len(trial), []).append(hits)
    found = {}
    for label, sizes in RANGES.items():
        rows = [row for size in sizes for row in right[size]]
        every = [hit for row in rows for hit in row]
        found[label] = (len(rows), statistics.mean(map(all, rows)), statistics.mean(every))
    return found


def test_every_run_has_what_a_recount_of_its_own_test_answers_gives(made: Path) -> None:
    runs = results(made)["runs"]
    assert len(runs) == 4
    for one in runs:
        assert one["by_length"]["limits"] == [3, 5]
        for name in ("best", "last"):
            told = {
                bucket["name"]: (
                    bucket["count"],
                    bucket["metrics"]["exact"]["value"],
                    bucket["metrics"]["token_accuracy"]["value"],
                )
                for bucket in one["by_length"][name]
            }
            wanted = recounted(made, one["folder"], name)
            assert list(told) == list(wanted)
            for label, figures in wanted.items():
                assert told[label] == pytest.approx(figures)
            share = sum(count * exact for count, exact, _ in told.values()) / 60
            assert one["test"][name]["exact"] == pytest.approx(share)
    shares = {one["by_length"]["best"][0]["metrics"]["token_accuracy"]["value"] for one in runs}
    assert len(shares) > 1  # or nothing above would tell runs apart


def test_the_table_holds_mean_and_deviation_over_the_seeds(made: Path) -> None:
    text = (made / "table.md").read_text()
    runs = results(made)["runs"]
    assert "60 test instances of sizes 2 to 6" in text
    assert "24 of 1 to 3, 24 of 4 to 5, 12 of 6 and more" in text
    for metric in ("exact", "token_accuracy"):
        title = f"**Some numbers by the length of the input: {metric.replace('_', ' ')} (%) ↑**"
        lines = text.split(title)[1].splitlines()[2:]
        assert lines[0] == "| variant | 1 to 3 | 4 to 5 | 6 and more |"
        for line, variant in zip(lines[2:4], PLAN["variants"], strict=True):  # type: ignore[call-overload]
            values = np.array(
                [
                    [
                        100 * bucket["metrics"][metric]["value"]
                        for bucket in one["by_length"]["best"]
                    ]
                    for one in runs
                    if one["variant"] == variant
                ]
            )
            cells = [
                f"{values[:, place].mean():.2f} ± {values[:, place].std(ddof=1):.2f}"
                for place in range(3)
            ]
            assert line == f"| {variant} | {' | '.join(cells)} |"


def test_the_picture_is_beside_the_table_and_in_the_report(made: Path) -> None:
    assert (made / "some_numbers_by_length.png").stat().st_size > 10_000
    page = (made / "report.html").read_text()
    assert "the test by the length of the input; mean ± standard deviation over 2 seeds" in page
    assert "Some numbers by the length of the input: exact" in page


def test_other_ranges_test_a_complete_run_again_and_do_not_train_it(
    made: Path, tmp_path: Path
) -> None:
    def first(**changes: object) -> Trial:
        plan = {**PLAN, "tasks": {"Some numbers": {**NUMBERS, **changes}}}
        return make_trials(read_plan(write(tmp_path, plan)), made, lambda what: None)[0]

    assert first().is_done
    assert first(by_length=[]).is_done
    assert not first(by_length=[4]).is_done
    trial = replace(first(by_length=[4]), folder=tmp_path / "run")
    shutil.copytree(first().folder, trial.folder)
    weights = trial.folder / "last.safetensors"
    before = weights.stat().st_mtime_ns
    work(trial)
    assert trial.is_done
    assert weights.stat().st_mtime_ns == before
    told = json.loads((trial.folder / "result.json").read_text())["by_length"]
    assert [(one["name"], one["count"]) for one in told["best"]] == [
        ("1 to 4", 36), ("5 and more", 24),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"by_length": [30, 10]}, r"x.by_length is \[30, 10\]; accepted are rising"),
        (
            {"by_length": [0, 10]},
            r"x.by_length is \[0, 10\]; .*whole numbers from 1",
        ),
        ({"by_length": "ten"}, "x.by_length is 'ten'; accepted is rising lengths"),
        ({"by_length": [10, "x"]}, r"x.by_length is \[10, 'x'\]; accepted is rising lengths"),
        ({"by_length": [1.5]}, r"x.by_length is \[1.5\]; accepted is rising lengths"),
        ({"test_sizes": [6, 2]}, r"x.test_sizes is \[., 2\]; accepted is .smallest, largest"),
        ({"test_sizes": [0, 2]}, r"x.test_sizes is \[., 2\]; accepted is .smallest, largest"),
        (
            {"sources": dict.fromkeys(("training", "validation", "test"), "a.npz")},
            r"x.test_sizes is \[.*; accepted with tasks.x.sources .* is \[\]",
        ),
    ],
)
def test_wrong_lengths_are_told_in_one_sentence(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told) as failure:
        read_plan(write(tmp_path, with_task(**change)))
    assert "\n" not in str(failure.value)


def test_the_largest_size_is_tested_where_no_others_are_asked_for() -> None:
    assert list(TaskPlan("sorting", sizes=[3, 5]).tested) == [5]
    assert list(TaskPlan("sorting", sizes=[4]).tested) == [4]
    assert list(TaskPlan("sorting", sizes=[3, 5], test_sizes=[2, 4]).tested) == [2, 3, 4]
    assert list(TaskPlan("sorting", sizes=[3, 5], test_sizes=[9]).tested) == [9]


def test_the_first_metric_and_the_accuracy_of_tokens_are_kept() -> None:
    for problem, wanted in (
        ("copy", ["exact", "token_accuracy"]),
        ("g2p", ["per", "token_accuracy"]),
    ):
        assert [metric.name for metric in kept_metrics(Text(problem).metrics)] == wanted
    alone = Metric("token_accuracy", "places that are right", True)
    assert kept_metrics([alone]) == [alone]


def test_each_variant_is_a_line_of_its_own_look_with_bars_of_one_deviation() -> None:
    exact = Metric("exact", "right answers", True)
    spreads = {"1 to 3": Spread(0.5, 0.1, 0.4, 0.6, 2), "4 to 5": Spread(0.2, 0.05, 0.1, 0.3, 2)}
    found = {"exact": {f"variant {number}": spreads for number in range(8)}}
    ax = lines_by_length(found, spreads, [exact]).axes[0]
    trace = set()
    for container, label in zip(ax.containers, found["exact"], strict=True):
        line, _, (bars,) = container.lines
        assert np.asarray(line.get_ydata()) == pytest.approx([50, 20])
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        assert ends == pytest.approx(np.array([[40, 60], [15, 25]]))
        assert np.asarray(line.get_xdata(), float).round().tolist() == [0, 1]
        assert container.get_label() == label
        assert to_hex(line.get_color()).upper() in PALETTE
        trace.add((line.get_color(), line.get_linestyle()))
    assert len(trace) == 8
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1 to 3", "4 to 5"]
    assert ax.get_ylabel() == "exact (%)"


def test_the_shipped_plan_goes_beyond_what_it_trains_on(shipped: Plan) -> None:
    assert list(shipped.variants) == ["none", "global", "local-m", "local-p"]
    assert list(shipped.tasks) == ["copying", "reversing"]
    for one in shipped.tasks.values():
        assert one.by_length[-1] == one.tested[-1] > one.sizes[-1]
        assert one.test % len(one.tested) == 0


@pytest.mark.parametrize("length", [5, 40, 60])
def test_local_windows_of_the_shipped_plan_can_hold_the_letter_to_write(
    shipped: Plan, length: int
) -> None:
    import torch

    steps, lengths = torch.arange(length), torch.tensor([length])
    query = torch.zeros(1, length, 1)
    window = shipped.tasks["copying"].config.model.decoder.window
    seen = Monotonic(1, window)(query, lengths, steps, length).closed[0] == 0
    assert seen.diagonal().all()
    # Backwards, the middle alone is where the window is: what the plan is there to show.
    assert int(seen.flip(1).diagonal().sum()) < window + 2
    # S sigmoid(x) reaches any place between the first letter and the last one.
    predictive = Predictive(1, window)
    with torch.no_grad():
        predictive.project.weight.fill_(1.0)
        predictive.vector.weight.fill_(50.0)
        for wanted in (steps, steps.flip(0)):
            share = (wanted + 0.5) / length
            aimed = torch.atanh(torch.logit(share) / 50).view(1, -1, 1)
            view = predictive(aimed, lengths, steps, length)
            nearest = view.factor[0].argmax(1)  # type: ignore[index]
            assert (view.closed[0, steps, wanted] == 0).all()
            assert (nearest - wanted).abs().max() <= 1
