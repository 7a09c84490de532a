"""Inputs drawn at random from named distributions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ptrnet_suite.errors import InputError

Sampler = Callable[[int, int, np.random.Generator], np.ndarray]
"""Draws `count` inputs of `size` items: `(size, count, rng)` to an array `(count, size, ...)`."""


def sample_inputs(
    samplers: Mapping[str, Sampler],
    size: int,
    count: int,
    rng: np.random.Generator,
    distribution: str,
) -> np.ndarray:
    """`count` inputs of `size` items, drawn by the sampler of that name.

    Raises InputError for an unknown distribution or a size or count below 1.
    """
    check_distribution(distribution, list(samplers))
    if size < 1 or count < 1:
        raise InputError(f"size {size} and count {count} must both be at least 1")
    return samplers[distribution](size, count, rng)


def check_distribution(distribution: str, known: Sequence[str]) -> None:
    """Raises InputError unless the distribution is one of those known."""
    if distribution not in known:
        accepted = ", ".join(known)
        raise InputError(f"distribution {distribution!r} is unknown; accepted: {accepted}")


def folded(values: np.ndarray) -> np.ndarray:
    """Mirrors what lies outside of 0..1 back into it, so that nothing piles up at the ends."""
    return np.asarray(1 - np.abs(1 - np.mod(values, 2)))
