"""The learning rate over a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ptrnet_suite.training.optimiser import learning_rate
from tests.training.configs import SORTING


def test_the_learning_rate_rises_then_falls_to_a_hundredth() -> None:
    config = replace(SORTING, steps=100, warmup=10, learning_rate=1.0)
    rates = [learning_rate(config, step) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[10] == pytest.approx(1.0)
    assert rates[100] == pytest.approx(0.01)
    assert rates[10:] == sorted(rates[10:], reverse=True)
