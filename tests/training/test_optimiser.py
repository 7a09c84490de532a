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


@pytest.mark.parametrize("steps", [80, 400])
def test_a_warm_up_may_be_a_share_of_the_run(steps: int) -> None:
    config = replace(SORTING, steps=9, warmup=3, warmup_share=0.25, learning_rate=1.0)
    rates = [learning_rate(config, step, steps) for step in range(steps + 1)]
    assert rates.index(max(rates)) == pytest.approx(steps / 4, abs=1)
    assert rates[steps // 8 - 1] == pytest.approx(0.5)
    assert rates[steps] == pytest.approx(0.01)
