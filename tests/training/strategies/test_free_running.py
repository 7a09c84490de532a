"""The loss along the model's own choices."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ptrnet_suite.training.prefixes import fed_by_steps
from ptrnet_suite.training.strategies.free_running import FreeRunning
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from tests.networks import SPECS, make_model
from tests.training.known import known_batch

CASES = [(spec, decoder) for spec in SPECS for decoder in ("glimpse", "transformer", "lstm fed")]


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
