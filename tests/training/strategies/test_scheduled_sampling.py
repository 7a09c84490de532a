"""Known choices give way to own ones."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.scheduled_sampling import ScheduledSampling
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from tests.networks import SPECS, make_model
from tests.training.known import known_batch

CASES = [(spec, decoder) for spec in SPECS for decoder in ("glimpse", "transformer", "lstm fed")]


@pytest.mark.parametrize("passes", [0, 1, 2])
@pytest.mark.parametrize(("name", "decoder"), CASES)
def test_scheduled_sampling_that_always_feeds_what_is_known_is_teacher_forcing(
    name: str, decoder: str, passes: int
) -> None:
    batch, constraint = known_batch(name)
    model = make_model(SPECS[name][0], decoder)
    always = ScheduledSampling(smallest=1.0, passes=passes, label_smoothing=0.1)
    loss = always.loss(model, batch, constraint, TrainingState(step=10, steps=10))
    torch.testing.assert_close(loss, TeacherForcing(0.1).loss(model, batch, constraint))


def test_the_known_choices_share_is_one_half_at_half_of_the_run_or_where_it_is_told() -> None:
    middle = ScheduledSampling("inverse_sigmoid")
    told = ScheduledSampling("inverse_sigmoid", half=30)
    assert middle.probability(TrainingState(500, 1000)) == pytest.approx(0.5)
    assert middle.probability(TrainingState(100, 1000)) > 0.9
    assert told.probability(TrainingState(30, 1000)) == pytest.approx(0.5)
    assert told.probability(TrainingState(100, 1000)) < 0.1
    # A run of one step falls from the first one on, as one of two would.
    for steps in (0, 1, 2):
        assert middle.probability(TrainingState(1, steps)) == pytest.approx(0.5)
    assert ScheduledSampling().schedule == "inverse_sigmoid"
    assert ScheduledSampling().probability(TrainingState(10**6, 1000)) == pytest.approx(0)
