"""Known choices give way to own ones."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.training.prefixes import fed_by_passes, fed_by_steps, loss_along
from ptrnet_suite.training.strategies import scheduled_sampling
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.free_running import FreeRunning
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


LATE = TrainingState(step=10**6, steps=1000)


@pytest.mark.parametrize("name", list(SPECS))
def test_own_choices_are_predicted_step_by_step_or_in_as_many_passes_as_told(name: str) -> None:
    batch, constraint = known_batch(name)
    model = make_model(SPECS[name][0], "transformer")
    encoded, targets = model.encode(batch), batch.targets
    assert targets is not None
    stepwise = ScheduledSampling(prediction="argmax").loss(model, batch, constraint, LATE)
    torch.testing.assert_close(stepwise, FreeRunning().loss(model, batch, constraint))
    never = torch.zeros_like(targets, dtype=torch.bool)
    for passes in (1, 2):
        fed = fed_by_passes(model, encoded, batch, constraint, never, "argmax", passes)
        expected = loss_along(model, encoded, batch, constraint, fed, 0.0)
        strategy = ScheduledSampling(prediction="argmax", passes=passes)
        torch.testing.assert_close(strategy.loss(model, batch, constraint, LATE), expected)


def test_a_coin_is_tossed_for_each_choice_or_for_each_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch, constraint = known_batch("text")
    model, kept = make_model(SPECS["text"][0]), list[torch.Tensor]()

    def noted(*arguments):  # type: ignore[no-untyped-def]
        kept.append(arguments[4])
        return fed_by_steps(*arguments)

    monkeypatch.setattr(scheduled_sampling, "fed_by_steps", noted)
    torch.manual_seed(0)
    for per in ("token", "sequence"):
        kept.clear()
        for _ in range(60):
            strategy = ScheduledSampling(half=30, per=per)  # type: ignore[arg-type]
            strategy.loss(model, batch, constraint, TrainingState(30, 1000))
        rows = torch.cat(kept)
        assert float(rows.float().mean()) == pytest.approx(0.5, abs=0.15)
        mixed = float((rows.any(1) & ~rows.all(1)).float().mean())
        assert mixed == 0 if per == "sequence" else mixed > 0.6
