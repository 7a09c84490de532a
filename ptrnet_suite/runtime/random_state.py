"""The state of every stream of random numbers that training may draw from."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch


def seed_all(seed: int) -> None:
    """Seeds torch's streams on every device and the global ones of numpy and Python.

    What is ours draws from torch or from a stream of its own; a task or strategy that a user
    brings may draw from any.
    """
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    random.seed(seed)


def random_state() -> dict[str, Any]:
    """State of all streams as tensors, numbers, lists and dicts of them."""
    version, words, normal = random.getstate()
    kind, keys, position, has_normal, cached = np.random.get_state()  # noqa: NPY002
    return {
        "torch": _torch_state(),
        "numpy": [str(kind), np.asarray(keys).tolist(), position, has_normal, cached],
        "python": [version, list(words), normal],
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Puts every stream where `random_state` found it; devices that are gone are left out.

    Raises ValueError, TypeError, KeyError or RuntimeError for what is no such state.
    """
    version, words, normal = state["python"]
    kind, keys, position, has_normal, cached = state["numpy"]
    random.setstate((version, tuple(words), normal))
    words_of_numpy = np.array(keys, np.uint32)
    np.random.set_state((kind, words_of_numpy, position, has_normal, cached))  # noqa: NPY002
    _set_torch_state(state["torch"])


@contextlib.contextmanager
def kept_random_state() -> Iterator[None]:
    """All streams of torch are after the block where they were before it."""
    state = _torch_state()
    try:
        yield
    finally:
        _set_torch_state(state)


def _torch_state() -> dict[str, Any]:
    state: dict[str, Any] = {"cpu": torch.get_rng_state(), "cuda": []}
    # A GPU that nothing has used yet has no state of its own, and to ask for it takes its memory.
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        state["cuda"] = torch.cuda.get_rng_state_all()
    if torch.backends.mps.is_available():
        state["mps"] = torch.mps.get_rng_state()
    return state


def _set_torch_state(state: dict[str, Any]) -> None:
    torch.set_rng_state(state["cpu"].cpu())
    if torch.cuda.is_available():
        for index, part in enumerate(state["cuda"][: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(part.cpu(), index)
    if "mps" in state and torch.backends.mps.is_available():
        torch.mps.set_rng_state(state["mps"].cpu())
