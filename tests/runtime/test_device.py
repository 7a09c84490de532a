"""Devices, threads and generators."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime import device


def test_the_device_is_one_that_works():
    assert device.choose_device("cpu") == torch.device("cpu")
    assert device.choose_device("auto").type in ("cpu", "cuda")
    for name in ("abacus", "cuda:99"):
        with pytest.raises(InputError, match=name):
            device.choose_device(name)


def test_threads_are_limited_and_told():
    before = torch.get_num_threads()
    try:
        assert device.set_threads(1) == 1
        assert device.set_threads(None) == 1
        with pytest.raises(InputError, match="at least 1"):
            device.set_threads(0)
    finally:
        torch.set_num_threads(before)


def test_the_same_seed_draws_the_same_numbers():
    first, second = (torch.rand(4, generator=device.seeded(7)) for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(first, torch.rand(4, generator=device.seeded(8)))


def test_a_seed_of_ours_leaves_the_callers_random_numbers_alone():
    before = torch.get_rng_state()
    device.seeded(7)
    assert torch.equal(torch.get_rng_state(), before)
