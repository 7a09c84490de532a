"""What free running and scheduled sampling feed, and what they count."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ptrnet_suite.training.prefixes import fed_by_passes, fed_by_steps
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.scheduled_sampling import ScheduledSampling
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from tests.networks import DECODERS, SPECS, make_batch, make_model
from tests.training.known import known_batch


@pytest.mark.parametrize("decoder", list(DECODERS))
def test_as_many_passes_as_steps_feed_what_steps_feed(decoder: str) -> None:
    batch, constraint = known_batch("text")
    model = make_model(SPECS["text"][0], decoder)
    encoded = model.encode(batch)
    keep = torch.tensor([[False, True, False, False], [False, False, False, False]])
    steps = fed_by_steps(model, encoded, batch, constraint, keep, "argmax")
    passes = fed_by_passes(model, encoded, batch, constraint, keep, "argmax", 4)
    assert torch.equal(steps, passes)


def test_a_known_choice_that_is_closed_gives_way_to_an_own_one() -> None:
    batch, constraint = known_batch("sorting")
    model = make_model(SPECS["sorting"][0])
    encoded = model.encode(batch)
    never = torch.zeros(2, 4, dtype=torch.bool)
    own = fed_by_steps(model, encoded, batch, constraint, never, "argmax")
    swapped = batch._replace(targets=own[:, [1, 0, 2, 3]])
    keep = torch.tensor([[False, True, True, True]] * 2)
    fed = fed_by_steps(model, encoded, swapped, constraint, keep, "argmax")
    # Second comes what was chosen first, which is closed by now; the last two are still open.
    assert torch.equal(fed, own)


def test_coins_are_tossed_for_tokens_or_for_whole_sequences() -> None:
    spec, constraint = SPECS["text"]
    model, count = make_model(spec, "gru"), 400
    with torch.no_grad():
        model.head.project.bias[3] = 50  # all that it chooses by itself
    rare = torch.tensor([[1, 2, 1]]).expand(count, -1)
    batch = make_batch(spec, [3] * count)
    rows = torch.cat([rare, torch.zeros(count, 1, dtype=torch.long)], 1)
    batch = batch._replace(targets=rows, target_mask=torch.ones_like(rows, dtype=torch.bool))
    told: list[Tensor] = []
    original = model.along

    def along(encoded: object, fed: Tensor, allowed: Tensor) -> Tensor:
        told.append(fed[:, :3] == rare)
        return original(encoded, fed, allowed)  # type: ignore[arg-type]

    model.along = along  # type: ignore[method-assign, assignment]
    torch.manual_seed(0)
    for per in ("token", "sequence"):
        half = ScheduledSampling("linear", 100, per=per, prediction="argmax")  # type: ignore[arg-type]
        half.loss(model, batch, constraint, TrainingState(step=100))
    by_token, by_sequence = (kept.all(1).float().mean() for kept in told)
    assert by_token == pytest.approx(0.125, abs=0.06)
    assert by_sequence == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("decoder", ["gru", "transformer"])
def test_known_answers_beyond_the_longest_are_fed_to_their_end(decoder: str) -> None:
    spec, constraint = SPECS["text"]  # whose searches stop after four choices
    known = torch.tensor([[1, 2, 3, 1, 2, 3, 0], [2, 2, 0, 0, 0, 0, 0]])
    mask = torch.tensor([[True] * 7, [True] * 3 + [False] * 4])
    batch = make_batch(spec, [5, 3])._replace(targets=known, target_mask=mask)
    model = make_model(spec, decoder)
    always = torch.ones_like(known, dtype=torch.bool)
    fed = fed_by_steps(model, model.encode(batch), batch, constraint, always, "argmax")
    assert torch.equal(fed, known)
    never = ScheduledSampling("linear", 10, smallest=1.0)
    state = TrainingState(step=5, steps=10)
    expected = TeacherForcing().loss(model, batch, constraint, state)
    torch.testing.assert_close(never.loss(model, batch, constraint, state), expected)
