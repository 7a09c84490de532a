"""What is measured beside the figures of a validation."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import torch

from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.training.loop import train
from tests.training.configs import SORTING


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_validation_with_diagnostics_changes_nothing_of_the_run(tmp_path: Path) -> None:
    config = replace(
        SORTING,
        steps=20,
        validation=replace(SORTING.validation, every=8),
        strategy={"kind": "reinforce", "baseline": "rollout", "every": 6},
    )
    train("sorting", config, tmp_path / "plain")
    measured = replace(config, validation=replace(config.validation, gradient_batches=2))
    train("sorting", measured, tmp_path / "measured")
    plain, other = (
        load_checkpoint(tmp_path / name / "last.safetensors").model.state_dict()
        for name in ("plain", "measured")
    )
    for name, weight in plain.items():
        assert torch.equal(weight, other[name]), name
    told = [line for line in lines(tmp_path / "measured") if "validation" in line]
    assert all({"entropy", "gradient_variance", "gradient_noise"} <= set(line) for line in told)
    logged = [line for line in lines(tmp_path / "plain") if "loss" in line]
    assert all(line["gradient_norm_deviation"] >= 0 for line in logged)  # type: ignore[operator]
