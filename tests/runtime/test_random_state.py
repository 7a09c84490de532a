"""Streams of random numbers are seeded together, go on where they were, and may be kept."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest
import torch

from ptrnet_suite.runtime.random_state import (
    kept_random_state,
    random_state,
    seed_all,
    set_random_state,
)

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no GPU here")


def draws() -> list[float]:
    """A number from each stream that there is."""
    numbers = [random.random(), random.gauss(), float(np.random.normal())]  # noqa: NPY002
    numbers.append(float(torch.rand(())))
    if torch.cuda.is_available():
        numbers.append(float(torch.rand((), device="cuda")))
    return numbers


def test_a_seed_is_the_same_numbers_from_every_stream() -> None:
    seed_all(3)
    first = draws()
    seed_all(3)
    assert draws() == first
    seed_all(4)
    assert all(one != other for one, other in zip(draws(), first, strict=True))


def test_every_stream_goes_on_where_its_state_was_taken() -> None:
    seed_all(3)
    draws()
    state = random_state()
    expected = draws()
    assert all(one != other for one, other in zip(draws(), expected, strict=True))
    set_random_state(state)
    assert draws() == expected
    json.dumps([state["python"], state["numpy"]])


def test_streams_of_torch_are_kept_whatever_is_drawn_or_seeded_meanwhile() -> None:
    seed_all(3)
    expected = draws()
    seed_all(3)
    with kept_random_state():
        torch.manual_seed(9)
        torch.rand(5)
    assert draws() == expected


@needs_gpu
def test_the_stream_of_a_gpu_is_part_of_the_state() -> None:
    torch.rand((), device="cuda")
    assert len(random_state()["torch"]["cuda"]) == torch.cuda.device_count()


@pytest.mark.parametrize("state", [{}, {"python": [3, [], None], "numpy": [], "torch": {}}])
def test_what_is_no_state_raises(state: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        set_random_state(state)
