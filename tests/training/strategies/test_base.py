"""What strategies know of a run."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, TrainingState
from ptrnet_suite.training.strategies.free_running import FreeRunning
from ptrnet_suite.training.strategies.reinforce import Reinforce
from tests.networks import SPECS, make_batch, make_model


def test_progress_is_the_share_of_the_steps_that_is_done() -> None:
    assert [TrainingState(step, 8).progress for step in (0, 2, 8)] == [0, 0.25, 1]
    assert TrainingState(3, 0).progress == 3
    assert TrainingState().progress == 0


def test_where_nothing_is_known_of_a_task_nothing_is_made_up() -> None:
    spec, constraint = SPECS["sorting"]
    batch = make_batch(spec, [3])
    assert DEFAULT_STATE.equivalents(batch) is None
    with pytest.raises(InputError, match="must be told what answers cost"):
        DEFAULT_STATE.risk(batch, torch.tensor([[[0, 1, 2]]]))
    with pytest.raises(InputError, match="must be told what answers cost"):
        Reinforce("none").loss(make_model(spec), batch, constraint)


def test_what_learns_nothing_beside_the_model_has_no_state() -> None:
    strategy = FreeRunning()
    assert strategy.state() == {}
    strategy.load_state({})
    assert strategy.needs_solutions
