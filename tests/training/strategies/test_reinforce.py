"""REINFORCE goes on after a stop as if there had been none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from ptrnet_suite.errors import Interrupted
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.loop import train
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.reinforce import Reinforce
from tests.networks import SPECS, make_batch, make_model
from tests.training.configs import TOUR
from tests.training.signalled import assert_same_run, signal_at


@pytest.mark.parametrize(
    "values", [{"every": 3, "significance": 1.0}, {"baseline": "critic", "critic_rate": 0.1}]
)
def test_a_stopped_run_with_a_learned_baseline_resumes_to_the_same_weights(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    config = replace(TOUR, strategy={"kind": "reinforce", **values})
    train("tsp", config, tmp_path / "whole")
    with pytest.raises(Interrupted, match="saved after step 5"):
        train("tsp", config, tmp_path / "parts", callbacks=[signal_at(5)])
    train("tsp", config, tmp_path / "parts", resume=True)
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


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
