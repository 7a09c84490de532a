"""The loss of known answers, smoothed, and of two passes held together (R-Drop)."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import rel_entr

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.layers.dropout import Dropout
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import Permutation
from ptrnet_suite.training.strategies.table import make_strategy
from ptrnet_suite.training.strategies.teacher_forcing import (
    TeacherForcing,
    coverage_loss,
    divergence,
)
from tests.networks import SPECS, make_batch, make_model


def test_divergence_is_scipys_mean_of_both_directions() -> None:
    generator = np.random.default_rng(0)
    p, q = (generator.dirichlet(np.ones(5), (3, 4)) for _ in range(2))
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]]).bool()
    both = (rel_entr(p, q).sum(2) + rel_entr(q, p).sum(2)) / 2
    found = divergence(torch.tensor(p).log(), torch.tensor(q).log(), mask)
    assert float(found) == pytest.approx(both[mask.numpy()].mean())


KNOWN = {
    "tour": [[0, 2, 1, 3], [0, 1, 2, 0]],
    "sorting": [[3, 2, 1, 0], [2, 0, 1, 0]],
    "text": [[2, 1, 3, 0], [1, 0, 0, 0]],
}
LENGTHS = {"tour": [4, 3], "sorting": [4, 3], "text": [4, 2]}


def known(name: str) -> tuple[Seq2Seq, Batch, Constraint]:
    """A model, two instances of which the second is padded, and what may be chosen."""
    spec, constraint = SPECS[name]
    mask = torch.arange(4) < torch.tensor(LENGTHS[name])[:, None]
    batch = make_batch(spec, [4, 3])
    batch = batch._replace(targets=torch.tensor(KNOWN[name]), target_mask=mask)
    return make_model(spec), batch, constraint


@pytest.mark.parametrize("name", KNOWN)
def test_without_dropout_both_passes_agree_and_nothing_is_added(name: str) -> None:
    model, batch, constraint = known(name)
    plain = TeacherForcing().loss(model, batch, constraint)
    held = TeacherForcing(consistency=5.0).loss(model, batch, constraint)
    assert float(held.detach()) == pytest.approx(float(plain.detach()), rel=1e-5)


@pytest.mark.parametrize("name", KNOWN)
def test_with_dropout_passes_differ_and_the_gradient_is_finite(name: str) -> None:
    model, batch, constraint = known(name)
    for part in model.train().modules():
        if isinstance(part, Dropout):
            part.dropped = 128

    def loss(weight: float) -> torch.Tensor:
        torch.manual_seed(3)
        return TeacherForcing(consistency=weight).loss(model, batch, constraint)

    held = loss(2.0)
    held.backward()
    assert float(held.detach()) > float(loss(1.0).detach()) + 1e-3
    assert all(each.grad.isfinite().all() for each in model.parameters() if each.grad is not None)


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(InputError, match="consistency is -1"):
        make_strategy({"kind": "teacher_forcing", "consistency": -1})


def test_smoothed_loss_equals_its_equation() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [4])
    batch = batch._replace(
        targets=torch.tensor([[2, 0, 3, 1]]), target_mask=torch.ones(1, 4, dtype=torch.bool)
    )
    assert batch.targets is not None
    scores = model(batch, batch.targets, constraint.masks_along(batch, 4, batch.targets))[0]
    hard, soft = [], []
    for step, target in enumerate([2, 0, 3]):  # the last choice is forced and does not count
        allowed = scores[step][scores[step].isfinite()]
        hard.append(-scores[step, target])
        soft.append(-allowed.mean())
    expected = 0.9 * torch.stack(hard).mean() + 0.1 * torch.stack(soft).mean()
    torch.testing.assert_close(TeacherForcing(0.1).loss(model, batch, constraint), expected)


def test_a_batch_without_solutions_cannot_force_a_teacher() -> None:
    spec, _ = SPECS["sorting"]
    with pytest.raises(InputError, match="needs solutions"):
        TeacherForcing().loss(make_model(spec), make_batch(spec, [3]), Permutation())


def test_coverage_counts_what_is_looked_at_again() -> None:
    weights = torch.tensor(
        [[[0.5, 0.5], [0.2, 0.8], [0.9, 0.1]], [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]]
    )
    # Looked at before: nothing, (0.5, 0.5), (0.7, 1.3); of the second instance 0, 1, 2 on the left.
    everywhere = torch.ones(2, 3, dtype=torch.bool)
    assert float(coverage_loss(weights[:1], everywhere[:1])) == pytest.approx((0 + 0.7 + 0.8) / 3)
    assert float(coverage_loss(weights, everywhere)) == pytest.approx((0.7 + 0.8 + 1 + 1) / 6)
    some = torch.tensor([[True, True, False], [True, False, False]])
    assert float(coverage_loss(weights, some)) == pytest.approx(0.7 / 3)


@pytest.mark.parametrize(
    ("name", "decoder"), [("text", "lstm"), ("text", "transformer"), ("sorting", "transformer")]
)
def test_a_coverage_loss_is_added_with_its_weight(name: str, decoder: str) -> None:
    _, batch, constraint = known(name)
    model = make_model(SPECS[name][0], decoder)
    assert batch.targets is not None
    assert batch.target_mask is not None
    plain, held = (
        float(TeacherForcing(coverage=weight).loss(model, batch, constraint).detach())
        for weight in (0.0, 3.0)
    )
    encoded = model.encode(batch)
    allowed = constraint.masks_along(batch, model.num_choices(encoded), batch.targets)
    weights = model.trace(encoded, batch.targets, allowed).weights
    assert weights is not None
    repeated = []
    for attended, mask in zip(weights.detach().mean(1).numpy(), batch.target_mask, strict=True):
        for step in range(int(mask.sum())):
            seen = attended[:step].sum(0)
            repeated.append(np.minimum(attended[step], seen).sum())
    assert len(repeated) == sum(LENGTHS[name])
    assert held - plain == pytest.approx(3 * np.mean(repeated), rel=1e-4)
    assert held > plain + 0.1


def test_a_coverage_loss_needs_a_decoder_that_attends() -> None:
    _, batch, constraint = known("text")
    model = make_model(SPECS["text"][0], "gru unattended")
    with pytest.raises(InputError, match="needs a decoder that attends"):
        TeacherForcing(coverage=1.0).loss(model, batch, constraint)
    TeacherForcing().loss(model, batch, constraint)
