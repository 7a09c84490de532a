"""Answers that training draws, and their log-probabilities."""

from __future__ import annotations

import pytest
import torch
from scipy.stats import chisquare

from ptrnet_suite.search.rollout import (
    equivalent_starts,
    gumbel_max,
    log_likelihood,
    sample,
    without_gradient,
)
from ptrnet_suite.task.constraints import UntilEnd
from ptrnet_suite.training.strategies.pomo import Pomo
from tests.networks import DECODERS, SPECS, make_batch, make_model, score_of
from tests.search.chances import as_often_as, chances_of
from tests.training.enumerated import MOMENT, enumerated

DRAWS = 20_000
SIZES = {"tour": 4, "hull": 4, "sorting": 4, "text": 3}
CASES = [(name, decoder) for name in SPECS for decoder in DECODERS]


@pytest.mark.parametrize(("name", "decoder"), CASES)
@torch.inference_mode()
def test_training_draws_answers_as_often_as_the_model_says(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [SIZES[name]])
    torch.manual_seed(0)
    found = sample(model, model.encode(batch), batch, constraint, DRAWS)[0]
    assert as_often_as(found.tolist(), chances_of(model, batch, constraint)) > 1e-3


@torch.inference_mode()
def test_training_goes_on_from_given_starts_as_often_as_the_model_says() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [4])
    chances = chances_of(model, batch, constraint)
    given = torch.tensor([[0, 2]]).repeat(1, DRAWS)
    torch.manual_seed(0)
    found = sample(model, model.encode(batch), batch, constraint, 2 * DRAWS, given)[0]
    for start in (0, 2):
        begun = {key: value for key, value in chances.items() if key[0] == start}
        share = {key: value / sum(begun.values()) for key, value in begun.items()}
        answers = found[start // 2 :: 2].tolist()
        assert as_often_as(answers, share) > 1e-3


def test_a_choice_is_drawn_as_often_as_its_probability_says_and_never_a_closed_one() -> None:
    chances = torch.tensor([0.5, 0.0, 0.3, 0.15, 0.05])
    torch.manual_seed(0)
    counted = gumbel_max(chances.log().expand(20_000, -1)).bincount(minlength=5).numpy()
    assert counted[1] == 0
    kept = chances.double().numpy() > 0
    wanted = 20_000 * chances.double().numpy()[kept]
    assert chisquare(counted[kept], wanted * (20_000 / wanted.sum())).pvalue > 1e-3
    assert gumbel_max(torch.full((3, 4), float("-inf"))).tolist() == [0, 0, 0]


@pytest.mark.parametrize(("name", "decoder"), CASES)
def test_many_answers_of_an_instance_score_as_each_alone(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [4, 3])
    encoded = model.encode(batch)
    choices = sample(model, encoded, batch, constraint, 3)
    found = log_likelihood(model, encoded, batch, constraint, choices)
    for index in range(3):
        alone = log_likelihood(model, model.encode(batch), batch, constraint, choices[:, [index]])
        torch.testing.assert_close(found[:, [index]], alone, atol=1e-5, rtol=1e-5)
    short = make_batch(spec, [4])
    made = sample(model, model.encode(short), short, constraint, 1)
    likelihood = log_likelihood(model, model.encode(short), short, constraint, made)
    if not constraint.ends or bool((made == 0).any()):
        expected = score_of(model, short, constraint, made[0, 0].tolist())
        assert float(likelihood.detach()) == pytest.approx(expected, abs=1e-4)


def test_an_answer_that_was_cut_at_its_limit_paid_for_no_end() -> None:
    spec, constraint = SPECS["text"][0], UntilEnd(longest=2)
    model, batch = make_model(spec, "gru"), make_batch(spec, [3])
    _, scores, _ = enumerated(model, batch, constraint)
    assert float(scores.exp().sum().detach()) == pytest.approx(1, abs=1e-5)


def test_starts_are_equivalent_only_where_the_constraint_fixes_one_of_them() -> None:
    spec, constraint = SPECS["tour"]
    starts = equivalent_starts(constraint, make_batch(spec, [4, 3]), 4)
    assert starts is not None
    assert starts.tolist() == [[0, 1, 2, 3], [0, 1, 2, 0]]
    for name in ("hull", "sorting", "text"):
        spec, constraint = SPECS[name]
        model, batch = make_model(spec), make_batch(spec, [4, 3])
        assert equivalent_starts(constraint, batch, model.num_choices_of(batch)) is None


def test_low_precision_keeps_every_gradient_after_sampling() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [5, 5])
    with torch.autocast("cpu", torch.bfloat16):
        loss = Pomo().loss(model, batch, constraint, MOMENT)
    loss.backward()
    trained = {name for name, weight in model.named_parameters() if weight.grad is not None}
    assert trained == {name for name, _ in model.named_parameters()}


def test_sampling_leaves_the_model_in_the_mode_it_was_in() -> None:
    model = make_model(SPECS["tour"][0])
    for training in (True, False):
        model.train(training)
        with without_gradient(model):
            assert not model.training
            assert not torch.is_grad_enabled()
        assert model.training == training


def test_starts_are_in_the_order_of_positions_however_many_there_are() -> None:
    spec, constraint = SPECS["tour"]
    batch = make_batch(spec, [64, 40])
    starts = equivalent_starts(constraint, batch, 64)
    assert starts is not None
    assert starts[0].tolist() == list(range(64))
    # One with fewer repeats its own.
    assert starts[1].tolist() == [*range(40), *range(24)]
