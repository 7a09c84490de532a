"""The expected cost of several answers."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.search.rollout import sample
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.minimum_risk import (
    MinimumRisk,
    expected_cost,
    with_targets,
)
from tests.networks import SPECS, make_batch, make_model
from tests.training.enumerated import MOMENT, enumerated, gradient


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


@pytest.mark.parametrize("sharpness", [0.0, 0.5])
def test_an_answer_that_the_model_cannot_give_has_no_weight(sharpness: float) -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec), make_batch(spec, [4, 4])
    # The constraint cuts answers at four choices, so that the model cannot give the first one.
    known = torch.tensor([[1, 2, 3, 1, 2, 0], [1, 0, 0, 0, 0, 0]])
    batch = batch._replace(targets=known, target_mask=torch.ones_like(known, dtype=torch.bool))

    def long_ones_cost(batch: Batch, choices: Tensor) -> Tensor:
        return 1 + 100 * (choices != 0).sum(2).gt(4).float()

    state = TrainingState(risk=long_ones_cost)
    loss = MinimumRisk(samples=3, sharpness=sharpness).loss(model, batch, constraint, state)
    assert float(loss.detach()) == pytest.approx(1)
    loss.backward()
    for weight in model.parameters():
        assert weight.grad is None or weight.grad.isfinite().all()


def test_where_the_model_can_give_no_answer_there_is_nothing_to_learn() -> None:
    impossible = torch.full((1, 2), float("-inf"))
    loss = expected_cost(impossible, torch.tensor([[2.0, 4.0]]), torch.tensor([[[1], [2]]]), 0.0)
    assert float(loss) == 3


def test_each_answer_counts_once_and_each_instance_alike() -> None:
    choices = torch.tensor([[[1, 2], [1, 2], [2, 1]], [[3, 0], [1, 1], [3, 0]]])
    weights = torch.tensor([[0.2, 0.2, 0.6], [0.5, 0.25, 0.5]])
    costs = torch.tensor([[1.0, 1.0, 5.0], [2.0, 8.0, 2.0]])
    # The first instance has two answers of odds 1 to 3, the second two of odds 2 to 1.
    expected = ((1 * 1 + 3 * 5) / 4 + (2 * 2 + 1 * 8) / 3) / 2
    assert float(expected_cost(weights.log(), costs, choices)) == pytest.approx(expected)
    # Odds squared are 1 to 9 and 4 to 1.
    sharper = ((1 * 1 + 9 * 5) / 10 + (4 * 2 + 1 * 8) / 5) / 2
    assert float(expected_cost(weights.log(), costs, choices, 2.0)) == pytest.approx(sharper)


def test_a_known_answer_stands_behind_the_samples_padded_to_one_length() -> None:
    choices, targets = torch.tensor([[[1, 2], [2, 1]]]), torch.tensor([[3, 1, 2, 0]])
    longer = with_targets(choices, targets)
    assert longer.tolist() == [[[1, 2, 0, 0], [2, 1, 0, 0], [3, 1, 2, 0]]]
    shorter = with_targets(torch.tensor([[[1, 2, 3]]]), torch.tensor([[2]]))
    assert shorter.tolist() == [[[1, 2, 3], [2, 0, 0]]]


def test_without_the_known_answer_only_samples_count() -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec), make_batch(spec, [4])
    known = torch.tensor([[1, 2, 3, 0]])
    solved = batch._replace(targets=known, target_mask=torch.ones_like(known, dtype=torch.bool))
    asked: list[Tensor] = []

    def noted(batch: Batch, choices: Tensor) -> Tensor:
        asked.append(choices)
        return choices.float().mean(2)

    state = TrainingState(risk=noted)
    for strategy, given, most in (
        (MinimumRisk(samples=3), solved, 4),
        (MinimumRisk(samples=3, known=False), solved, 3),
        (MinimumRisk(samples=3), batch, 3),
    ):
        strategy.loss(model, given, constraint, state)
        assert asked[-1].shape[1] == most
