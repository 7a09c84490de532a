"""How often the known choice is fed."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptrnet_suite.training.schedules import (
    Schedule,
    exponential,
    gold_probability,
    inverse_sigmoid,
    linear,
)

KINDS = st.sampled_from(get_args(Schedule))


@given(KINDS, st.integers(1, 100_000))
def test_every_schedule_is_at_one_half_where_it_was_asked(kind: Schedule, half: int) -> None:
    # From two steps on: k ln k is 0 at k = 1, so no inverse sigmoid falls faster than that.
    assert gold_probability(kind, half + 2, half + 2) == pytest.approx(0.5, abs=1e-6)


@given(KINDS, st.integers(0, 10_000), st.integers(2, 5_000), st.floats(0, 1))
def test_the_probability_falls_and_stays_between_its_floor_and_one(
    kind: Schedule, step: int, half: int, smallest: float
) -> None:
    now = gold_probability(kind, step, half, smallest)
    assert smallest <= gold_probability(kind, step + 1, half, smallest) <= now <= 1


def test_the_schedules_are_those_of_the_paper() -> None:
    assert [linear(step, 0.25) for step in range(6)] == [1, 0.75, 0.5, 0.25, 0, 0]
    assert [exponential(step, 0.5) for step in range(4)] == [1, 0.5, 0.25, 0.125]
    assert inverse_sigmoid(0, 10) == pytest.approx(10 / 11)
    assert inverse_sigmoid(20, 10) == pytest.approx(10 / (10 + math.exp(2)))
    assert inverse_sigmoid(10**9, 10) == pytest.approx(0)
