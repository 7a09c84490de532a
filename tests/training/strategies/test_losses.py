"""The loss of known choices, counted by hand."""

from __future__ import annotations

import math

import pytest
import torch

from ptrnet_suite.training.strategies.losses import masked_cross_entropy, mean_where

CLOSED = float("-inf")
CHANCES = [[0.5, 0.25, 0.25], [0.0, 0.4, 0.6], [0.0, 1.0, 0.0], [0.1, 0.2, 0.7]]
"""Of three choices at four steps; what has no chance is closed."""
ALLOWED = torch.tensor(CHANCES)[None] > 0
SCORES = torch.tensor(CHANCES)[None].log()
TARGETS = torch.tensor([[2, 1, 1, 0]])


def loss(mask: list[bool], smoothing: float = 0.0) -> float:
    told = torch.tensor([mask])
    return float(masked_cross_entropy(SCORES, ALLOWED, TARGETS, told, smoothing))


def test_known_choices_cost_their_logarithm_and_forced_ones_do_not_count() -> None:
    expected = -(math.log(0.25) + math.log(0.4)) / 2
    # The third step has one open choice; the fourth is beyond the answer.
    assert loss([True, True, True, False]) == pytest.approx(expected)
    assert loss([True, False, True, False]) == pytest.approx(-math.log(0.25))
    whole = -(math.log(0.25) + math.log(0.4) + math.log(0.1)) / 3
    assert loss([True] * 4) == pytest.approx(whole)


def test_smoothing_gives_a_share_to_all_that_is_allowed() -> None:
    spread = [
        sum(math.log(chance) for chance in step if chance) / sum(chance > 0 for chance in step)
        for step in CHANCES
    ]
    first = 0.8 * -math.log(0.25) - 0.2 * spread[0]
    second = 0.8 * -math.log(0.4) - 0.2 * spread[1]
    assert loss([True, True, True, False], 0.2) == pytest.approx((first + second) / 2)
    assert loss([True, False, False, False], 0.2) == pytest.approx(first)


def test_where_nothing_counts_the_loss_is_nothing() -> None:
    assert loss([False] * 4) == 0
    assert loss([False, False, True, False]) == 0
    nothing = torch.tensor([False, False])
    assert float(mean_where(nothing, torch.tensor([CLOSED, 3.0]))) == 0


def test_what_does_not_count_may_be_infinite() -> None:
    counted, losses = torch.tensor([True, False, True]), torch.tensor([1.0, CLOSED, 4.0])
    losses.requires_grad_()
    mean = mean_where(counted, losses)
    mean.backward()
    assert float(mean.detach()) == 2.5
    assert losses.grad is not None
    assert losses.grad.tolist() == [0.5, 0, 0.5]
