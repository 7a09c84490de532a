"""What is measured beside the figures of a validation."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ptrnet_suite.cli.commands.train import find_config, read_config
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.yaml_documents import read_yaml
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task, task_folder, task_names
from ptrnet_suite.training import loop
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.loop import Trainer, train
from ptrnet_suite.training.validation import (
    is_perfect,
    untrained_network,
    validation_cost,
    validation_instances,
)
from tests.training.configs import SORTING, TOUR


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


def configs() -> list[tuple[str, TrainingConfig]]:
    """The defaults and the configs of every task, but for those that need a download."""
    found = []
    for task in task_names():
        options = {"text": {"problem": "reverse"}}.get(task, {})
        # Pictures are drawn from parts that have names, none of which is the default.
        if "uniform" in load_task(task, options).distributions:
            found.append((task, TrainingConfig(options=options)))
        for path in sorted((task_folder(task) / "configs").glob("*.yaml")):
            config = read_config(read_yaml(find_config(task, path.stem), "config", "values"), [])
            if not (config.validation.source or config.data.sources):
                found.append((task, config))
    return found


def drawn(task: Task, config: TrainingConfig, seed: int, instances: Instances) -> Seq2Seq:
    """The network that training with this seed begins with."""
    torch.manual_seed(seed)
    return untrained_network(task, config.model, instances)


@pytest.mark.parametrize(("name", "config"), configs())
def test_no_untrained_network_passes_a_validation_that_comes_with_a_task(
    name: str, config: TrainingConfig
) -> None:
    task = load_task(name, config.options)
    few = replace(config, validation=replace(config.validation, count=40))
    instances = validation_instances(task, few)
    seeds = range(4) if name == "sorting" else range(2)
    assert not any(
        is_perfect(drawn(task, config, seed, instances), task, instances) for seed in seeds
    )


def test_a_network_that_sorts_without_training_is_drawn_again(tmp_path: Path) -> None:
    task, config = load_task("sorting"), TrainingConfig(threads=1)
    instances = validation_instances(task, config)
    torch.manual_seed(config.seed)
    assert is_perfect(Seq2Seq(config.model, task.spec), task, instances)
    once, again = (Trainer("sorting", config, tmp_path / name).model for name in "ab")
    assert not is_perfect(once, task, instances)
    for name, weight in once.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])


def test_a_validation_that_anything_passes_does_not_keep_a_run_from_beginning() -> None:
    task, config = load_task("sorting"), SORTING
    instances = task.label(task.generate(1, 3, seed=1))
    assert is_perfect(drawn(task, config, 1, instances), task, instances)


def test_a_figure_that_is_none_is_the_worst_and_still_leaves_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = load_task("sorting")
    assert validation_cost(task, {"exact": 0.25}) == -0.25
    assert validation_cost(load_task("tsp"), {"gap": 0.25}) == 0.25
    assert validation_cost(task, {"exact": float("nan")}) == float("inf")
    figures = iter([float("nan"), 0.5, float("nan")])
    name = "ptrnet_suite.training.loop.validation_figures"
    monkeypatch.setattr(name, lambda *_: {"exact": next(figures)})
    validation = replace(SORTING.validation, every=2)
    train("sorting", replace(SORTING, steps=6, validation=validation), tmp_path)
    assert load_checkpoint(tmp_path).record["step"] == 4


@pytest.mark.parametrize(
    ("task", "config", "metric", "best"),
    [("sorting", SORTING, "exact", 0.75), ("tsp", TOUR, "gap", 0.25)],
    ids=["the highest share", "the lowest gap"],
)
def test_the_best_checkpoint_is_that_of_the_best_figure_by_the_metrics_own_sign(
    task: str,
    config: TrainingConfig,
    metric: str,
    best: float,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    figures = iter([0.5, 0.25, 0.75, 0.5])
    monkeypatch.setattr(loop, "validation_figures", lambda *_: {metric: next(figures)})
    steps = replace(config.validation, every=2)
    train(task, replace(config, steps=8, validation=steps), tmp_path / "run")
    record = load_checkpoint(tmp_path / "run" / "best.safetensors").record
    assert record["validation"] == {metric: best}
