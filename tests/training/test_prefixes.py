"""What free running and scheduled sampling feed, and what they count."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.task.constraints import Constraint
from ptrnet_suite.training.prefixes import fed_by_passes, fed_by_steps
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.free_running import FreeRunning
from ptrnet_suite.training.strategies.scheduled_sampling import ScheduledSampling
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from tests.networks import DECODERS, SPECS, make_batch, make_model

CASES = [(spec, decoder) for spec in SPECS for decoder in ("glimpse", "transformer", "lstm fed")]
ANSWERS = {
    "tour": ([[0, 2, 1, 3], [0, 2, 1, 0]], [4, 3]),
    "hull": ([[2, 1, 4, 3, 0], [3, 1, 2, 0, 0]], [5, 4]),
    "sorting": ([[2, 3, 1, 0], [1, 0, 2, 0]], [4, 3]),
    "text": ([[1, 3, 2, 0], [2, 0, 0, 0]], [4, 2]),
}


def known_batch(name: str) -> tuple[Batch, Constraint]:
    """Two instances of 4 and 3 inputs with known answers."""
    spec, constraint = SPECS[name]
    rows, lengths = ANSWERS[name]
    targets = torch.tensor(rows)
    mask = torch.arange(targets.shape[1]) < torch.tensor(lengths)[:, None]
    return make_batch(spec, [4, 3])._replace(targets=targets, target_mask=mask), constraint


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


def _free_prefix(name: str, decoder: str) -> tuple[Tensor, Tensor]:
    """The fed choices of free running, and its loss, made one step at a time."""
    batch, constraint = known_batch(name)
    assert batch.targets is not None
    assert batch.target_mask is not None
    model = make_model(SPECS[name][0], decoder)
    encoded = model.encode(batch)
    decoding, progress = model.start(encoded), constraint.start(batch, model.num_choices(encoded))
    fed, losses = [], []
    for known, counts in zip(batch.targets.unbind(1), batch.target_mask.unbind(1), strict=True):
        allowed = constraint.allowed(progress)
        scores, decoding = model.step(encoded, decoding, allowed)
        free = counts & (allowed.sum(1) > 1) & allowed.gather(1, known[:, None]).squeeze(1)
        losses += (-scores.gather(1, known[:, None]).squeeze(1))[free].tolist()
        if constraint.ends:
            scores = scores.index_fill(1, torch.tensor([0]), float("-inf"))
        going = counts & (known != 0) if constraint.ends else counts
        choice = torch.where(going, scores.argmax(1), torch.zeros_like(known))
        decoding, progress = decoding.advance(choice), constraint.advance(progress, choice)
        fed.append(choice)
    return torch.stack(fed, 1), torch.tensor(losses).mean()


@pytest.mark.parametrize(("name", "decoder"), CASES)
def test_free_running_is_the_loss_along_the_models_own_choices(name: str, decoder: str) -> None:
    batch, constraint = known_batch(name)
    model = make_model(SPECS[name][0], decoder)
    expected_fed, expected_loss = _free_prefix(name, decoder)
    never = torch.zeros_like(expected_fed, dtype=torch.bool)
    fed = fed_by_steps(model, model.encode(batch), batch, constraint, never, "argmax")
    assert torch.equal(fed, expected_fed)
    loss = FreeRunning().loss(model, batch, constraint)
    torch.testing.assert_close(loss, expected_loss, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(loss, TeacherForcing().loss(model, batch, constraint))


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
