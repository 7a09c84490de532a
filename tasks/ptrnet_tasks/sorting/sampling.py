"""Number sequences to train and test on."""

from __future__ import annotations

import numpy as np

from ptrnet_suite.task.sampling import Sampler, folded, sample_inputs


def _uniform(size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.random((count, size))


def _gaussian(size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """A normal distribution of mean 0.5 and deviation 0.15, mirrored back at 0 and 1."""
    return folded(0.5 + 0.15 * rng.standard_normal((count, size)))


def _clustered(size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Three tight groups (standard deviation 0.02) at uniform centres: neighbours lie close."""
    centres = np.take_along_axis(rng.random((count, 3)), rng.integers(0, 3, (count, size)), 1)
    return folded(centres + 0.02 * rng.standard_normal((count, size)))


_SAMPLERS: dict[str, Sampler] = {
    "uniform": _uniform,
    "gaussian": _gaussian,
    "clustered": _clustered,
}

DISTRIBUTIONS = tuple(_SAMPLERS)
"""What `sample_values` can draw from."""


def sample_values(size: int, count: int, rng: np.random.Generator, distribution: str) -> np.ndarray:
    """Random numbers from 0 to 1, `(count, size)`.

    Raises InputError for an unknown distribution or a size or count below 1.
    """
    return sample_inputs(_SAMPLERS, size, count, rng, distribution)
