"""Gradients of the sampling strategies against enumeration of every answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.rollout import equivalent_starts, log_likelihood, sample, without_gradient
from ptrnet_suite.task.constraints import Constraint, UntilEnd
from ptrnet_suite.training.policy_gradient import policy_loss
from ptrnet_suite.training.strategies.base import Strategy, TrainingState
from ptrnet_suite.training.strategies.minimum_risk import MinimumRisk
from ptrnet_suite.training.strategies.pomo import Pomo
from ptrnet_suite.training.strategies.reinforce import Reinforce
from ptrnet_suite.training.strategies.self_critical import SelfCritical
from ptrnet_suite.training.strategies.self_improvement import SelfImprovement
from tests.networks import DECODERS, SPECS, every_sequence, make_batch, make_model, score_of

CASES = [(spec, decoder) for spec in SPECS for decoder in DECODERS]
MANY = 6000


def costs_of(batch: Batch, choices: Tensor) -> Tensor:
    """Some cost that depends on every choice and its place."""
    weights = torch.arange(1, choices.shape[2] + 1) ** 1.5
    return torch.sin((choices + 1) * weights).sum(2) + 1


MOMENT = TrainingState(risk=costs_of)


def gradient(model: Seq2Seq, loss: Tensor) -> Tensor:
    """All gradients in one vector."""
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    parts = torch.autograd.grad(loss, weights, allow_unused=True)
    return torch.cat([part.flatten() for part in parts if part is not None])


def enumerated(
    model: Seq2Seq, batch: Batch, constraint: Constraint
) -> tuple[Tensor, Tensor, Tensor]:
    """Every answer of a batch of one `(1, answers, time)`, its log-probability and its cost."""
    sequences = every_sequence(batch, constraint, model.num_choices_of(batch))
    time = max(map(len, sequences))
    choices = torch.tensor([[row + [0] * (time - len(row)) for row in sequences]])
    scores = log_likelihood(model, model.encode(batch), batch, constraint, choices)
    return choices, scores, costs_of(batch, choices)


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


@pytest.mark.parametrize("name", ["tour", "text"])
def test_the_policy_gradient_is_exact_in_expectation(name: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec), make_batch(spec, [4])
    _, scores, costs = enumerated(model, batch, constraint)
    probabilities = scores.exp()
    exact = gradient(model, (probabilities * costs).sum())
    assert float(exact.norm()) > 1e-3
    for baseline in (0.0, 0.7):
        _, scores, _ = enumerated(model, batch, constraint)
        weighted = sum(
            probability.detach()
            * policy_loss(scores[:, [i]], costs[:, [i]], torch.full((1, 1), baseline))
            for i, probability in enumerate(probabilities[0])
        )
        assert isinstance(weighted, Tensor)
        torch.testing.assert_close(gradient(model, weighted), exact, atol=1e-5, rtol=1e-3)


STRATEGIES: dict[str, Callable[[], Strategy]] = {
    "none": lambda: Reinforce("none", samples=MANY),
    "batch": lambda: Reinforce("batch", samples=MANY),
    "exponential": lambda: Reinforce("exponential", samples=MANY),
    "shared": lambda: Reinforce("shared", samples=MANY),
    "critic": lambda: Reinforce("critic", samples=MANY),
    "greedy": lambda: SelfCritical(samples=MANY),
    "pomo without equivalent starts": lambda: Pomo(samples=MANY),
}


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_sampled_gradients_come_close_to_the_expected_costs_gradient(name: str) -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec), make_batch(spec, [4])
    _, scores, costs = enumerated(model, batch, constraint)
    exact = gradient(model, (scores.exp() * costs).sum())
    torch.manual_seed(1)
    loss = STRATEGIES[name]().loss(model, batch, constraint, MOMENT)
    expected_cost = float((scores.exp() * costs).sum().detach())
    assert float(loss.detach()) == pytest.approx(expected_cost, abs=0.1)
    found = gradient(model, loss)
    assert float((found - exact).norm() / exact.norm()) < 0.15


def test_pomo_takes_every_start_of_a_tour_and_holds_it_against_their_mean() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [4, 4])
    seen: list[Tensor] = []

    def told(batch: Batch, choices: Tensor) -> Tensor:
        seen.append(choices)
        return costs_of(batch, choices)

    torch.manual_seed(3)
    found = gradient(model, Pomo().loss(model, batch, constraint, TrainingState(risk=told)))
    assert seen[0].shape == (2, 4, 4)
    assert (seen[0][:, :, 0] == 0).all()  # each tour is priced from position 0 on
    torch.manual_seed(3)
    starts = torch.arange(4).expand(2, -1)
    encoded = model.encode(batch)
    choices = sample(model, encoded, batch, constraint, 4, starts)
    assert torch.equal(choices[:, :, 0], starts)
    scores = log_likelihood(model, encoded, batch, constraint, choices, started=True)
    advantage = costs_of(batch, seen[0]) - costs_of(batch, seen[0]).mean(1, keepdim=True)
    torch.testing.assert_close(found, gradient(model, (advantage * scores).mean()))


def test_starts_are_equivalent_only_where_the_constraint_fixes_one_of_them() -> None:
    spec, constraint = SPECS["tour"]
    starts = equivalent_starts(constraint, make_batch(spec, [4, 3]), 4)
    assert starts is not None
    assert starts.tolist() == [[0, 1, 2, 3], [0, 1, 2, 0]]
    for name in ("hull", "sorting", "text"):
        spec, constraint = SPECS[name]
        model, batch = make_model(spec), make_batch(spec, [4, 3])
        assert equivalent_starts(constraint, batch, model.num_choices_of(batch)) is None


def test_minimum_risk_over_all_answers_is_the_expected_cost() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [4])
    _, scores, costs = enumerated(model, batch, constraint)
    exact = (scores.exp() * costs).sum()
    torch.manual_seed(0)
    loss = MinimumRisk(samples=500).loss(model, batch, constraint, MOMENT)  # 6 tours: all drawn
    torch.testing.assert_close(loss, exact, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(gradient(model, loss), gradient(model, exact), atol=1e-4, rtol=1e-3)


def test_minimum_risk_counts_the_known_answer_once() -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec), make_batch(spec, [4])
    known = torch.tensor([[1, 2, 3, 0]])
    batch = batch._replace(targets=known, target_mask=torch.ones_like(known, dtype=torch.bool))

    def only_known_is_free(batch: Batch, choices: Tensor) -> Tensor:
        padded = torch.nn.functional.pad(choices, (0, 4 - choices.shape[2]))
        return (padded != known.unsqueeze(1)).any(2).float()

    torch.manual_seed(0)
    loss = MinimumRisk(samples=2, sharpness=0).loss(
        model, batch, constraint, TrainingState(risk=only_known_is_free)
    )
    torch.manual_seed(0)
    drawn = sample(model, model.encode(batch), batch, constraint, 2)[0]
    distinct = {tuple(row) for row in drawn.tolist()} | {(1, 2, 3, 0)}
    assert float(loss.detach()) == pytest.approx(1 - 1 / len(distinct))


def test_self_improvement_imitates_the_cheapest_sample() -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec), make_batch(spec, [4, 3])
    torch.manual_seed(5)
    loss = SelfImprovement(samples=6).loss(model, batch, constraint, MOMENT)
    torch.manual_seed(5)
    encoded = model.encode(batch)
    choices = sample(model, encoded, batch, constraint, 6)
    best = costs_of(batch, choices).argmin(1)
    picked = choices[torch.arange(2), best].unsqueeze(1)
    scores = log_likelihood(model, encoded, batch, constraint, picked)
    free = constraint.replay(batch, 4, picked.squeeze(1)).sum(2) > 1
    torch.testing.assert_close(loss, -scores.sum() / free.sum())


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
