"""Sampling without replacement, against the theory of it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, localcontext
from itertools import permutations

import pytest
import torch
from scipy.stats import chisquare

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.search.stochastic_beam import (
    StochasticBeam,
    importance_weights,
    with_maximum,
)
from tests.networks import DECODERS, SPECS, make_batch, make_model
from tests.search.enumeration import every_answer

DRAWS = 4000


def copies(batch: Batch, count: int) -> Batch:
    return Batch(
        batch.inputs.expand(count, *batch.inputs.shape[1:]), batch.input_mask.expand(count, -1)
    )


@pytest.mark.parametrize(("name", "size"), [("tour", 4), ("sorting", 3), ("text", 2)])
@torch.inference_mode()
def test_pairs_are_drawn_as_often_as_without_replacement(name: str, size: int) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec), make_batch(spec, [size], seed=1)
    answers, scores = every_answer(model, batch, constraint)
    chance = {tuple(a): p for a, p in zip(answers.tolist(), scores.exp().tolist(), strict=True)}
    found = StochasticBeam(2)(
        model, copies(batch, DRAWS), constraint, torch.Generator().manual_seed(0)
    )
    assert found.perturbed is not None
    # The order of the perturbed log-probabilities is the order of drawing.
    drawn = found.order_by(-found.perturbed).choices
    padded = torch.nn.functional.pad(drawn, (0, answers.shape[1] - drawn.shape[2]))
    counted = Counter((tuple(one), tuple(two)) for one, two in padded.tolist())
    assert sum(counted.values()) == DRAWS
    assert all(one != two for one, two in counted)
    expected = {
        (one, two): DRAWS * chance[one] * chance[two] / (1 - chance[one])
        for one, two in permutations(chance, 2)
    }
    common = [pair for pair, often in expected.items() if often >= 5]
    observed = [counted[pair] for pair in common]
    rest = DRAWS - sum(observed), DRAWS - sum(expected[pair] for pair in common)
    share = [expected[pair] for pair in common]
    if rest[1] >= 5:
        observed, share = [*observed, rest[0]], [*share, rest[1]]
    scale = sum(observed) / sum(share)
    assert chisquare(observed, [often * scale for often in share]).pvalue > 1e-3
    first = next(iter(chance))
    inclusion = chance[first] + sum(
        p * chance[first] / (1 - p) for other, p in chance.items() if other != first
    )
    seen = sum(often for pair, often in counted.items() if first in pair) / DRAWS
    assert seen == pytest.approx(inclusion, abs=4 * (inclusion * (1 - inclusion) / DRAWS) ** 0.5)


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("name", SPECS)
@torch.inference_mode()
def test_as_many_draws_as_answers_are_all_answers_once(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [4])
    answers, scores = every_answer(model, batch, constraint)
    found = StochasticBeam(len(answers) + 3)(model, batch, constraint)
    real = found.log_probabilities[0].isfinite()
    assert int(real.sum()) == len(answers)
    torch.testing.assert_close(found.log_probabilities[0, real], scores, atol=1e-4, rtol=1e-4)
    distinct = {tuple(choices) for choices in found.choices[0, real].tolist()}
    assert len(distinct) == len(answers)
    weights = importance_weights(found)
    torch.testing.assert_close(weights[0, real], scores.exp(), atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def test_importance_weights_estimate_expectations_without_bias() -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec, "lstm"), make_batch(spec, [3])
    answers, scores = every_answer(model, batch, constraint)
    expected = float((scores.exp() * ((answers != 0).sum(1))).sum())
    generator = torch.Generator().manual_seed(0)
    found = StochasticBeam(5)(model, copies(batch, DRAWS), constraint, generator)
    weights = importance_weights(found)
    for values, truth in (
        (torch.ones_like(weights), 1.0),
        ((found.choices != 0).sum(2), expected),
    ):
        estimates = (weights * values).sum(1)
        error = float(estimates.std()) / DRAWS**0.5
        assert float(estimates.mean()) == pytest.approx(truth, abs=4 * error)
        assert error < 0.05


def test_the_largest_of_a_set_is_moved_to_the_maximum_and_the_order_stays() -> None:
    perturbed = torch.tensor([[1.0, -3.0, float("-inf"), 0.9999999], [50.0, -60.0, 0.0, 49.0]])
    moved = with_maximum(perturbed, torch.tensor([[-7.0], [3.0]]))
    assert moved.amax(1).tolist() == [-7.0, 3.0]
    in_order = moved.gather(1, perturbed.argsort(1))
    assert (in_order[:, 1:] >= in_order[:, :-1]).all()
    assert moved[0, 2] == float("-inf")
    assert not moved.isnan().any()


def test_noise_is_moved_below_its_maximum_to_the_last_digits_near_it_and_far_from_it() -> None:
    below = [0.0, -1e-6, -1e-3, -0.3, -0.69, -0.7, -3.0, -20.0, -80.0]
    perturbed = torch.tensor([below, [each + 5 for each in below]])
    for maximum in (-30.0, -1.0, 0.0, 2.5, 40.0):
        found = with_maximum(perturbed, torch.full((2, 1), maximum))
        for row, largest in enumerate((0.0, 5.0)):
            for value, moved in zip(perturbed[row].tolist(), found[row].tolist(), strict=True):
                exact = exactly_moved(value, largest, maximum)
                assert moved == pytest.approx(exact, rel=2e-5, abs=2e-5)
    closed = with_maximum(torch.tensor([[0.5, float("-inf")]]), torch.tensor([[1.0]]))
    assert closed.tolist() == [[1.0, float("-inf")]]


def exactly_moved(value: float, largest: float, maximum: float) -> float:
    """Kool et al. 2019, equation 26, in as many digits as it takes."""
    with localcontext(prec=100):
        there, here, own = ((-Decimal(part)).exp() for part in (maximum, largest, value))
        return float(-(there - here + own).ln())
