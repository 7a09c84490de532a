"""Evaluation from outside: answers in order, honest inputs, reports that can be read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from ptrnet_tasks.convex_hull.task import ConvexHullTask
from ptrnet_tasks.sorting.task import Sorting

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.report import measure
from ptrnet_suite.evaluation.scoring import evaluate
from ptrnet_suite.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from ptrnet_suite.runtime.files import file_sha256
from tests.networks import make_model

SORTING, HULL = Sorting(), ConvexHullTask()


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    path = tmp_path / "untrained.safetensors"
    save_checkpoint(path, make_model(SORTING.spec), SORTING, {"sizes": [5, 5]})
    return load_checkpoint(path)


def test_a_report_holds_what_is_needed_to_get_it_again(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    data = tmp_path / "numbers.txt"
    data.write_text("any bytes")
    instances = SORTING.generate(5, 64, 3)
    report = evaluate(checkpoint, instances, "beam:2", 16, 5, data, "ptrnet evaluate sorting")
    found = json.loads(json.dumps(report.to_json()))
    assert found["task"] == "sorting"
    assert found["count"] == 64
    assert found["search"] == "beam:2"
    assert found["seed"] == 5
    assert found["command"] == "ptrnet evaluate sorting"
    assert found["data"] == {"path": str(data), "sha256": file_sha256(data)}
    assert found["checkpoint"] == {
        "name": "untrained",
        "sha256": file_sha256(checkpoint.path),
        "parameters": sum(weight.numel() for weight in checkpoint.model.parameters()),
    }
    assert found["instances_per_second"] == pytest.approx(64 / found["seconds"])
    assert found["threads"] == torch.get_num_threads()
    assert found["device"] == "cpu"
    assert "torch" in found["versions"]
    assert set(found["metrics"]) == {"exact", "token_accuracy"}
    scores = SORTING.evaluate(instances, report.answers)
    for name, metric in found["metrics"].items():
        assert metric["low"] <= metric["value"] <= metric["high"]
        assert metric["value"] == pytest.approx(measure(SORTING, scores)[name].estimate.value)


def test_an_unknown_search_is_refused(checkpoint: Checkpoint) -> None:
    with pytest.raises(InputError, match="no search 'best'"):
        evaluate(checkpoint, SORTING.generate(5, 2, 0), "best")
