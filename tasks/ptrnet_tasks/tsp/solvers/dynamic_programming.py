"""Exact tours of small instances by dynamic programming over sets of cities."""

from __future__ import annotations

import numpy as np

LARGEST = 13
"""Beyond this, time and memory (both `2^n n`) favour the integer program."""

_CHUNK_BYTES = 64 * 2**20


def held_karp(matrices: np.ndarray) -> np.ndarray:
    """Optimal tours from city 0, `(count, n, n)` distances -> `(count, n)`.

    Distances may be directed. Held & Karp 1962, "A dynamic programming approach to sequencing
    problems", all instances at once. Raises ValueError beyond `LARGEST` cities.
    """
    count, size = matrices.shape[:2]
    if size > LARGEST:
        raise ValueError(f"{size} cities; dynamic programming takes at most {LARGEST}")
    if size <= 2:
        return np.tile(np.arange(size), (count, 1))
    each = 2 ** (size - 1) * (size - 1) * 9
    chunk = max(1, _CHUNK_BYTES // each)
    parts = [_solve(matrices[start : start + chunk]) for start in range(0, count, chunk)]
    return np.concatenate(parts)


def _solve(matrices: np.ndarray) -> np.ndarray:
    count, size = matrices.shape[:2]
    others = size - 1
    between = matrices[:, 1:, 1:].astype(float)
    # best[set, instance, last]: shortest path from city 0 through `set`, ending in `last`.
    best = np.full((2**others, count, others), np.inf)
    parent = np.zeros(best.shape, np.int8)
    bits = np.arange(others)
    best[1 << bits, :, bits] = matrices[:, 0, 1:].T
    for cities in range(1, 2**others - 1):
        outside = np.flatnonzero(cities >> bits & 1 == 0)
        inside = np.flatnonzero(cities >> bits & 1)
        paths = best[cities][:, inside, None] + between[:, inside[:, None], outside]
        last = paths.argmin(1)
        grown = cities | 1 << outside
        best[grown, :, outside] = np.take_along_axis(paths, last[:, None], 1)[:, 0].T
        parent[grown, :, outside] = inside[last].T
    return _trace(best[-1] + matrices[:, 1:, 0], parent)


def _trace(closed: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Tours from the lengths of the closed tours by their last city, and each city's parent."""
    states, count, others = parent.shape
    tours = np.zeros((count, others + 1), np.int64)
    rows, last = np.arange(count), closed.argmin(1)
    cities = np.full(count, states - 1)
    for step in range(others, 0, -1):
        tours[:, step] = last + 1
        before = parent[cities, rows, last].astype(np.int64)
        cities, last = cities & ~(1 << last), before
    return tours
