"""REINFORCE goes on after a stop as if there had been none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.loop import Trainer, train
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.reinforce import Reinforce
from tests.networks import SPECS, make_batch, make_model
from tests.training.configs import TOUR


@pytest.mark.parametrize(
    "values", [{"every": 3, "significance": 1.0}, {"baseline": "critic", "critic_rate": 0.1}]
)
def test_a_stopped_run_with_a_learned_baseline_resumes_to_the_same_weights(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    config = replace(TOUR, strategy={"kind": "reinforce", **values})
    train("tsp", config, tmp_path / "whole")
    stopped = Trainer("tsp", config, tmp_path / "parts", resume=False)
    stopped._train_to_next_log = interrupted_after(stopped._train_to_next_log)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        stopped.train()
    train("tsp", config, tmp_path / "parts", resume=True)
    whole, parts = (
        load_checkpoint(tmp_path / name / "last.safetensors").model for name in ("whole", "parts")
    )
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, parts.state_dict()[name]), name


def interrupted_after(stretch: Callable[..., None]) -> Callable[..., None]:
    """The first stretch of training, then Ctrl-C."""
    calls: list[int] = []

    def once(*arguments: Any) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        stretch(*arguments)

    return once


def test_a_running_mean_is_kept_across_a_stop() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [5, 5])
    state = TrainingState(risk=load_task("tsp").risk)
    strategy = Reinforce("exponential")
    strategy.loss(model, batch, constraint, state)
    other = Reinforce("exponential")
    other.load_state(strategy.state())
    torch.manual_seed(1)
    one = torch.autograd.grad(
        strategy.loss(model, batch, constraint, state),
        model.relations.logit_weight,  # type: ignore[arg-type, union-attr]
    )
    torch.manual_seed(1)
    same = torch.autograd.grad(
        other.loss(model, batch, constraint, state),
        model.relations.logit_weight,  # type: ignore[arg-type, union-attr]
    )
    assert torch.equal(one[0], same[0])
