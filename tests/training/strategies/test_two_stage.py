"""One strategy after another."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.table import make_strategy
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from ptrnet_suite.training.strategies.two_stage import TwoStage
from tests.networks import SPECS, make_batch, make_model


def test_a_start_trains_for_its_share_and_then_the_other_strategy_goes_on() -> None:
    spec, constraint = SPECS["sorting"]
    model = make_model(spec)
    batch = make_batch(spec, [4])._replace(
        targets=torch.tensor([[2, 0, 3, 1]]), target_mask=torch.ones(1, 4, dtype=torch.bool)
    )
    told = {"kind": "reinforce", "baseline": "exponential", "start": {"kind": "teacher_forcing"}}
    strategy = make_strategy({**told, "start_share": 0.25})
    assert isinstance(strategy, TwoStage)
    assert strategy.needs_solutions

    def loss(step: int) -> float:
        state = TrainingState(step, 100, lambda batch, choices: torch.full(choices.shape[:2], 7.0))
        return float(strategy.loss(model, batch, constraint, state).detach())

    imitated = float(TeacherForcing().loss(model, batch, constraint).detach())
    assert loss(0) == loss(24) == pytest.approx(imitated)
    assert strategy.state()["after"] == {"mean": None}
    assert loss(25) == pytest.approx(7.0)
    again = make_strategy({**told, "start_share": 0.25})
    again.load_state(strategy.state())
    assert again.state() == strategy.state()
